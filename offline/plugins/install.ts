import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashOf } from "../hash";
import { isAlive } from "../process";
import type { Report } from "../report";
import { bundlePlugin, sourceHash } from "./bundle";
import { comesWithCli, type Download, isCliPlugin, officialDownload } from "./official";
import { programFile } from "./programFile";
import { cliPlugins, executableName, folderName, type WantedPlugin, wantedResources } from "./required";

export interface InstalledPlugin extends WantedPlugin {
  /** `present`: an official plugin that was there already. */
  readonly origin: "downloaded" | "stand-in" | "present";
  readonly directory: string;
}

export interface EnsureOptions {
  /** The PULUMI_HOME to install into. Never a person's own: stand-ins would shadow official plugins there. */
  readonly home: string;
  readonly report: Report;
  /** Path of the Pulumi CLI, which may have its own language host beside it. Default: the one on the PATH. */
  readonly pulumi?: string;
  /** Default: resource plugins of the installed npm packages, and the Node.js language host with its helper. */
  readonly plugins?: readonly WantedPlugin[];
  /** Default: from the vendor's site, or from the mirror that HASHISTACK_PULUMI_PLUGIN_MIRROR names. */
  readonly download?: Download;
}

/** Stand-ins by folder name without the version, and where their sources are. */
const standIns: { readonly [plugin: string]: string } = {
  "resource-command": "command",
  "resource-docker": "docker",
  "resource-consul": "consul",
  "resource-nomad": "nomad",
  "resource-random": "random",
  "resource-tls": "tls",
  "language-nodejs": "language",
  "resource-pulumi-nodejs": "dynamic",
};

/** Tells a stand-in from an official plugin, and what it was made of. */
const markerFile = "stand-in.json";

/**
 * Makes sure that every plugin is in its place: the official one where it is there or can be downloaded, else the
 * stand-in, made again when its sources changed. What the CLI brought itself is left to it. Safe to run again after an
 * interruption, and beside itself.
 */
export async function ensurePlugins(options: EnsureOptions): Promise<InstalledPlugin[]> {
  const folder = join(options.home, "plugins");
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  const download = options.download ?? officialDownload();
  const sources = sourceHash();
  const installed: InstalledPlugin[] = [];
  for (const plugin of options.plugins ?? [...wantedResources(), ...cliPlugins()]) {
    if (isCliPlugin(plugin) && comesWithCli(plugin, options.pulumi)) continue;
    installed.push(await ensurePlugin(plugin, folder, sources, download, options.report));
  }
  return installed;
}

async function ensurePlugin(
  plugin: WantedPlugin,
  folder: string,
  sources: string,
  download: Download,
  report: Report,
): Promise<InstalledPlugin> {
  const directory = join(folder, folderName(plugin));
  const hash = hashOf(sources, plugin.version);
  const there = await inspect(directory, plugin, hash);
  if (there === "official") return { ...plugin, origin: "present", directory };
  if (there === "current stand-in") return { ...plugin, origin: "stand-in", directory };

  const staging = join(folder, `${stagingPrefix}${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(staging);
  try {
    const official = there === "nothing" && (await download(plugin, staging, report));
    if (!official) await makeStandIn(plugin, staging, hash, report);
    await chmod(join(staging, executableName(plugin)), 0o755);
    await replace(staging, directory);
    return { ...plugin, origin: official ? "downloaded" : "stand-in", directory };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function makeStandIn(plugin: WantedPlugin, directory: string, hash: string, report: Report): Promise<void> {
  const name = standIns[`${plugin.kind}-${plugin.name}`];
  if (name === undefined) {
    throw new Error(
      `The plugin ${folderName(plugin)} cannot be downloaded here, and this project has no stand-in for it ` +
        `(it has ${Object.keys(standIns).join(", ")}). Install it by hand, or remove the npm package that needs it.`,
    );
  }
  report(`making the stand-in for the Pulumi plugin ${plugin.name} ${plugin.version}`);
  const what = `Stand-in for Pulumi's ${plugin.name} plugin: a part of it, made from offline/plugins/${name}`;
  await bundlePlugin(name, plugin.version, join(directory, executableName(plugin)));
  await writeFile(join(directory, markerFile), `${JSON.stringify({ what, sources: hash }, null, 2)}\n`);
}

type Found = "nothing" | "official" | "current stand-in" | "old stand-in";

async function inspect(directory: string, plugin: WantedPlugin, hash: string): Promise<Found> {
  const files = await readdir(directory).catch(() => [] as string[]);
  const whole = files.includes(executableName(plugin)) && !(await exists(`${directory}.partial`));
  if (!files.includes(markerFile)) return whole ? "official" : "nothing";
  const marker = await readFile(join(directory, markerFile), "utf8");
  const { sources } = JSON.parse(marker) as { sources?: string };
  return whole && files.includes(programFile) && sources === hash ? "current stand-in" : "old stand-in";
}

const stagingPrefix = ".staging-";

/** Swaps a whole folder in; a kill between the two renames leaves nothing, which the next run fills. */
async function replace(staging: string, directory: string): Promise<void> {
  const old = `${staging}-old`;
  await rename(directory, old).catch(ignoreMissing);
  // Pulumi takes a plugin with this file beside it for half installed.
  await rm(`${directory}.partial`, { force: true });
  await rename(staging, directory);
  await rm(old, { recursive: true, force: true });
}

/** Staging folders of runs that were killed: their process is gone. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = name.startsWith(stagingPrefix) ? Number.parseInt(name.slice(stagingPrefix.length), 10) : Number.NaN;
    if (!Number.isNaN(owner) && !isAlive(owner)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
  );
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
