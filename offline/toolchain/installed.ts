import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readlink, realpath, stat } from "node:fs/promises";
import { basename, delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../cache";
import { type Recipe, versionIn } from "./recipes";

const run = promisify(execFile);

export interface Installed {
  readonly path: string;
  readonly version: string;
}

/** The version that a tool prints, or `undefined` where it cannot be run or prints none. */
export async function versionOf(path: string, recipe: Recipe): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", CHECKPOINT_DISABLE: "1" };
  try {
    const { stdout, stderr } = await run(path, [...recipe.versionArguments], { env, timeout: 15_000 });
    return versionIn(stdout) ?? versionIn(stderr);
  } catch {
    return undefined;
  }
}

/**
 * The first of a tool's programs on the PATH whose version suits. Programs in this project's own cache are no installed
 * ones: `.hashistack/bin` links to them, and taking them here would hide newer pins and better sources.
 */
export async function findInstalled(
  recipe: Recipe,
  suits: (version: string) => boolean,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Installed | undefined> {
  const cache = await realpath(cacheRoot(environment)).catch(() => cacheRoot(environment));
  for (const folder of (environment.PATH ?? "").split(delimiter).filter(isAbsolute)) {
    const path = await followed(join(folder, recipe.name));
    if (!path || !(await isProgram(path))) continue;
    if ((await realpath(path)).startsWith(cache + sep)) continue;
    const version = await versionOf(path, recipe);
    if (version && suits(version)) return { path, version };
  }
  return undefined;
}

/**
 * Follows links as long as they keep the tool's name: a version manager's link to itself must be run under the tool's
 * name, and a link in `.hashistack/bin` must not be told to point at itself.
 */
async function followed(path: string): Promise<string | undefined> {
  let current = path;
  for (let links = 0; links < 40; links++) {
    const target = await readlink(current).catch(() => undefined);
    if (target === undefined || basename(target) !== basename(path)) return current;
    current = resolve(dirname(current), target);
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
