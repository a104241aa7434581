import { accessSync, constants, realpathSync } from "node:fs";
import { arch, platform } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Artifact, type FetchOptions, fetchArtifact, probe, readSources, UnavailableError } from "../download";
import type { Report } from "../report";
import { waysAllowed } from "../toolchain/ways";
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

/** Fetches an official plugin into a folder; false where it cannot be had. */
export type Download = (plugin: WantedPlugin, directory: string, report: Report) => Promise<boolean>;

/**
 * Downloads from the vendor's site, or a mirror's; a site that did not answer is not asked for the next plugin.
 * What is not as published or pinned is an error: no stand-in may hide it.
 */
export function officialDownload(options: Omit<FetchOptions, "report"> = {}): Download {
  let answers: Promise<boolean> | undefined;
  return async (plugin, directory, report) => {
    // These come with the CLI's own download; where that could not be had, they cannot either.
    if (isCliPlugin(plugin) || !waysAllowed().has("download")) return false;
    const sources = options.sources ?? readSources();
    answers ??= probe(sources.sites["pulumi-plugin"], options.limits?.answerMs);
    if (!(await answers)) return false;
    try {
      await fetchArtifact(pluginArtifact(plugin), directory, { ...options, sources, report });
      return true;
    } catch (cause) {
      if (!(cause instanceof UnavailableError)) throw cause;
      report(`${plugin.name} ${plugin.version}: ${cause.message}`);
      return false;
    }
  };
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
