import { accessSync, constants, realpathSync } from "node:fs";
import { arch, platform } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fetchRelease } from "../download/fetchRelease";
import type { Release } from "../download/releases";
import type { Report } from "../report";
import { executableName, type WantedPlugin } from "./required";

const site = {
  /** Laid out as github.com/pulumi: `<mirror>/pulumi-docker/releases/download/v5.2.0/…`. */
  variable: "HASHISTACK_PULUMI_PLUGIN_MIRROR",
  official: "https://github.com/pulumi",
};

/** Where the vendor, or a mirror, publishes a resource plugin and its checksums. */
export function pluginRelease(plugin: WantedPlugin, environment: NodeJS.ProcessEnv = process.env): Release {
  const root = (environment[site.variable] || site.official).replace(/\/+$/, "");
  const executable = executableName(plugin);
  return {
    base: `${root}/pulumi-${plugin.name}/releases/download/v${plugin.version}`,
    file: `${executable}-v${plugin.version}-${platform()}-${arch() === "arm64" ? "arm64" : "amd64"}.tar.gz`,
    checksums: `pulumi-${plugin.name}_${plugin.version}_checksums.txt`,
    members: [executable],
  };
}

/** Downloads an official plugin into a folder. False where the site does not answer or does not have it. */
export async function downloadOfficial(plugin: WantedPlugin, directory: string, report: Report): Promise<boolean> {
  // These come with the CLI's own download; where that could not be had, they cannot either.
  if (isCliPlugin(plugin)) return false;
  return fetchRelease(pluginRelease(plugin), directory, report);
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
