import { join } from "node:path";
import { cached, findCached } from "../cache";
import { fetchArtifact, type Limits, readSources, type Sources, UnavailableError, urlOf } from "../download";
import { hashOf } from "../hash";
import type { Report } from "../report";
import { build, buildKey, goFor } from "./build";
import { findInstalled, versionOf } from "./installed";
import { type Platform, pinnedVersion, type Recipe, recipes, type ToolName } from "./recipes";
import type { Tool } from "./tool";
import { waysAllowed } from "./ways";

export { pinnedVersion, type ToolName, toolNames } from "./recipes";
export type { Tool } from "./tool";

export interface ToolOptions {
  /**
   * The exact version wanted.
   * @default the one that the tool's go.mod pins; of an installed Pulumi any 3.x from 3.248.0 on
   */
  readonly version?: string;
  readonly report: Report;
  /** @default offline/download/sources.json with the mirrors of the environment */
  readonly sources?: Sources;
  /** Time limits of downloads. */
  readonly limits?: Limits;
}

/**
 * Makes sure of a tool: the one on the PATH if its version suits, else the official download (or a mirror's), else one
 * built from the Go modules that the tool's go.mod pins. Downloads and builds are kept in the cache, and what is there is
 * used without asking the network again. The variable `HASHISTACK_TOOLS` limits the ways, see `waysAllowed`.
 *
 * @throws where no way leads to the tool, with what became of each; and at once where a download is not what was
 * published or pinned.
 */
export async function ensureTool(name: ToolName, options: ToolOptions): Promise<Tool> {
  const recipe = recipes[name];
  const version = options.version ?? pinnedVersion(name);
  const allowed = waysAllowed();
  const failed: string[] = [];

  if (allowed.has("installed")) {
    const installed = await findInstalled(recipe, (found) =>
      options.version ? found === options.version : recipe.suits(found, version),
    );
    if (installed) return { name, ...installed, origin: "installed" };
    failed.push(`on the PATH there is no ${name} ${version}`);
  }

  const sources: Source[] = [];
  if (allowed.has("download")) sources.push(fromRelease(recipe, version, options));
  if (allowed.has("build")) sources.push(await fromModules(recipe, version, options.report));
  const tool = (entry: string, { program, origin }: Source): Tool => ({
    name,
    version,
    path: join(entry, program),
    origin,
  });

  for (const source of sources) {
    const entry = source.key === undefined ? undefined : await findCached(source.key);
    if (entry) return tool(entry, source);
  }
  for (const [index, source] of sources.entries()) {
    try {
      if (source.key === undefined) throw new UnavailableError(source.missing);
      return tool(await cached(source.key, source.produce, options.report), source);
    } catch (cause) {
      if (!(cause instanceof UnavailableError)) throw cause;
      failed.push(cause.message);
      if (index < sources.length - 1) options.report(`${name} ${version}: ${cause.message}`);
    }
  }
  throw new Error(
    `${name} ${version} is needed and could not be had:\n${failed.map((line) => `  - ${line}`).join("\n")}\n` +
      `Put ${name} ${version} on the PATH, or set a mirror that has it (see offline/toolchain/README.md).`,
  );
}

/** A way to make a cache entry with the program in it, or the reason why it cannot be gone. */
type Source = { readonly program: string; readonly origin: Tool["origin"] } & (
  | { readonly key: string; readonly produce: (directory: string) => Promise<void> }
  | { readonly key: undefined; readonly missing: string }
);

function fromRelease(recipe: Recipe, version: string, options: ToolOptions): Source {
  const platform: Platform = { os: process.platform, cpu: process.arch };
  const sources = options.sources ?? readSources();
  const artifact = recipe.artifact(version, platform);
  const url = urlOf(artifact, sources);
  const program = recipe.unpacked(version, platform);
  return {
    key: `${recipe.name}-${version}-downloaded-${hashOf(url, sources.pinned[url.split("/").pop() ?? ""] ?? "")}`,
    program,
    origin: "downloaded",
    produce: async (directory) => {
      await fetchArtifact(artifact, directory, { ...options, sources });
      const printed = await versionOf(join(directory, program), recipe);
      if (printed === version) return;
      throw new Error(
        `the ${recipe.name} from ${url} says it is version ${printed ?? "(none)"}, ${version} was expected`,
      );
    },
  };
}

async function fromModules(recipe: Recipe, version: string, report: Report): Promise<Source> {
  const way = { program: recipe.name, origin: "built" } as const;
  const pinned = pinnedVersion(recipe.name);
  if (version !== pinned) {
    const missing = `the version that can be built here is ${pinned}: ask for that one, or change offline/toolchain/${recipe.name}/go.mod`;
    return { ...way, key: undefined, missing };
  }
  const go = await goFor(recipe);
  if (!go)
    return { ...way, key: undefined, missing: "it cannot be built, because there is no Go: install Go 1.26 or newer" };
  return { ...way, key: await buildKey(recipe, go), produce: (directory) => build(recipe, go, directory, report) };
}
