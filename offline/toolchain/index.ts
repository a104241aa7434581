import { join } from "node:path";
import { cached } from "../cache";
import { run } from "../command";
import { fetchRelease } from "../download/fetchRelease";
import { releaseOf } from "../download/releases";
import type { Report } from "../report";
import { buildTool, pinnedVersion } from "./build";
import { recipes, type Tool, type ToolName } from "./tool";

export type { Tool, ToolName } from "./tool";

export interface EnsureToolOptions {
  /** Wanted version. Default: the one that can be built here. */
  readonly version?: string;
  readonly report: Report;
}

/** The oldest Pulumi CLI that the program's SDK works with. */
const oldestPulumi = [3, 248, 0];

type Way = "installed" | "download" | "build";
const ways: readonly Way[] = ["installed", "download", "build"];

/** Ways that may be tried: all, or those that `HASHISTACK_TOOLS` lists, such as `build` or `installed,download`. */
function allowedWays(environment: NodeJS.ProcessEnv = process.env): readonly Way[] {
  const wanted = (environment.HASHISTACK_TOOLS ?? "").split(",").filter(Boolean);
  const unknown = wanted.filter((way) => !ways.includes(way as Way));
  if (unknown.length > 0) {
    throw new Error(`HASHISTACK_TOOLS: ${unknown.join(", ")} is none of ${ways.join(", ")}.`);
  }
  return wanted.length > 0 ? ways.filter((way) => wanted.includes(way)) : ways;
}

/**
 * Makes sure of a tool: the one on the PATH where its version fits, else the official download, else a build from its
 * Go module.
 */
export async function ensureTool(name: ToolName, { version, report }: EnsureToolOptions): Promise<Tool> {
  const wanted = version ?? pinnedVersion(name);
  const allowed = allowedWays();
  if (allowed.includes("installed")) {
    const installed = await onPath(name, wanted);
    if (installed) {
      return installed;
    }
  }
  if (allowed.includes("download")) {
    const downloaded = await fromRelease(name, wanted, report);
    if (downloaded) {
      return { name, version: wanted, path: downloaded, origin: "downloaded" };
    }
  }
  const pinned = pinnedVersion(name);
  if (!allowed.includes("build") || wanted !== pinned) {
    throw new Error(
      `${name} ${wanted} is not on the PATH and cannot be downloaded; what can be built here is ${pinned}. ` +
        `Ask for ${pinned}, set a mirror, or put ${name} ${wanted} on the PATH.`,
    );
  }
  return { name, version: pinned, path: await buildTool(name, report), origin: "built" };
}

async function onPath(name: ToolName, wanted: string): Promise<Tool | undefined> {
  try {
    const path = (await run("sh", ["-c", 'command -v "$0"', name])).trim();
    const version = /(\d+\.\d+\.\d+)/.exec(await run(path, recipes[name].versionArgs))?.[1];
    const fits = version !== undefined && (name === "pulumi" ? newEnough(version) : version === wanted);
    return fits ? { name, version, path, origin: "installed" } : undefined;
  } catch {
    return undefined;
  }
}

function newEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestPulumi;
  return major === oldestMajor && minor >= oldestMinor;
}

async function fromRelease(name: ToolName, version: string, report: Report): Promise<string | undefined> {
  const absent = new Error("no such release");
  try {
    const folder = await cached(
      `releases/${name}-${version}`,
      async (directory) => {
        if (!(await fetchRelease(releaseOf(name, version), directory, report))) {
          throw absent;
        }
      },
      report,
    );
    return join(folder, name);
  } catch (error) {
    if (error === absent) {
      return undefined;
    }
    throw error;
  }
}
