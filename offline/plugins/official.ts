import { accessSync, constants, realpathSync } from "node:fs";
import { arch, platform } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Artifact, fetchArtifact, UnavailableError } from "../download";
import type { Report } from "../report";
import { executableName, type WantedPlugin } from "./required";

/** Where the vendor, or a mirror, publishes a resource plugin and its checksums. */
export function pluginArtifact(plugin: WantedPlugin): Artifact {
  const folder = `pulumi-${plugin.name}/releases/download/v${plugin.version}`;
  const machine = `${platform()}-${arch() === "arm64" ? "arm64" : "amd64"}`;
  return {
    site: "pulumi-plugin",
    path: `${folder}/${executableName(plugin)}-v${plugin.version}-${machine}.tar.gz`,
    checksums: `${folder}/pulumi-${plugin.name}_${plugin.version}_checksums.txt`,
  };
}

/** Downloads an official plugin into a folder. False where the site does not answer or does not have it. */
export async function downloadOfficial(plugin: WantedPlugin, directory: string, report: Report): Promise<boolean> {
  // These come with the CLI's own download; where that could not be had, they cannot either.
  if (isCliPlugin(plugin)) return false;
  try {
    await fetchArtifact(pluginArtifact(plugin), directory, { report });
    return true;
  } catch (cause) {
    if (cause instanceof UnavailableError) return false;
    throw cause;
  }
}

export function isCliPlugin(plugin: WantedPlugin): boolean {
  return plugin.kind === "language" || plugin.name.startsWith("pulumi-");
}

/** Whether the CLI brought a plugin of its own: beside it, or on the PATH, where Pulumi looks first. */
export function comesWithCli(plugin: WantedPlugin, pulumi: string | undefined, path = process.env.PATH ?? ""): boolean {
  const folders = path.split(delimiter).filter(Boolean);
  const cli = pulumi ?? folders.map((folder) => join(folder, "pulumi")).find(isExecutable);
  const beside = cli === undefined ? [] : [dirname(cli), dirname(realpathSync(cli))];
  return [...beside, ...folders].some((folder) => isExecutable(join(folder, executableName(plugin))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
