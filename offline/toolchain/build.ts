import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { z } from "zod";
import { hashOf } from "../hash";
import type { Report } from "../report";
import { ensureCompiler, type Linking } from "./compiler";
import { versionOf } from "./installed";
import { moduleFolder, pinnedVersion, type Recipe } from "./recipes";

const GoSettings = z.object({
  GOVERSION: z.string(),
  GOHOSTOS: z.string(),
  GOHOSTARCH: z.string(),
  GOFLAGS: z.string(),
  CC: z.string(),
});
export type GoSettings = z.infer<typeof GoSettings>;

/** The Go that would build a tool here, or `undefined` where there is none. */
export async function goFor(recipe: Recipe): Promise<GoSettings | undefined> {
  const names = Object.keys(GoSettings.shape);
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "-json", ...names], {
      cwd: moduleFolder(recipe.name),
      env: { ...process.env, GOWORK: "off" },
    });
    return GoSettings.parse(JSON.parse(stdout));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    const detail = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Error(`go cannot build ${recipe.name}: ${detail}`, { cause });
  }
}

/** The arguments of `go build`, without where to put the program. */
export function buildArguments(recipe: Recipe, version: string, linking: Linking): string[] {
  const isStatic = recipe.cgo && linking === "static";
  // The C library's own look-ups of users and hosts load parts of it at run time, which a static program cannot.
  const tags = isStatic ? [...recipe.tags, "osusergo", "netgo"] : recipe.tags;
  const variables = Object.entries(recipe.variables(version)).map(([name, value]) => `-X ${name}=${value}`);
  const linker = ["-s -w", ...variables, ...(isStatic ? ["-linkmode external -extldflags=-static"] : [])].join(" ");
  return [
    "build",
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    `-ldflags=${linker}`,
    ...(tags.length > 0 ? [`-tags=${tags.join(",")}`] : []),
  ];
}

/** The user's GOFLAGS without what would choose other modules than the committed ones. */
export function safeGoFlags(flags: string): string {
  return flags
    .split(/\s+/)
    .filter((flag) => !/^--?(mod|modfile|overlay)(=|$)/.test(flag))
    .join(" ")
    .trim();
}

/** Names the build in the cache: another go.mod, go.sum, Go, platform or flag is another build. */
export async function buildKey(recipe: Recipe, go: GoSettings): Promise<string> {
  const folder = moduleFolder(recipe.name);
  const version = pinnedVersion(recipe.name);
  const files = await Promise.all(["go.mod", "go.sum"].map((file) => readFile(join(folder, file))));
  const settings = [go.GOVERSION, go.GOHOSTOS, go.GOHOSTARCH, safeGoFlags(go.GOFLAGS)];
  // As it is meant to be linked: how this machine can is found out only when it comes to building.
  const key = hashOf(...files, ...settings, ...buildArguments(recipe, version, "static"));
  return `${recipe.name}-${version}-built-${key}`;
}

/** Builds a tool from its committed go.mod into a folder, telling every ten seconds how far it is. */
export async function build(recipe: Recipe, go: GoSettings, directory: string, report: Report): Promise<void> {
  const version = pinnedVersion(recipe.name);
  const linking = recipe.cgo ? await ensureCompiler(go.CC, report) : "dynamic";
  const program = join(directory, recipe.name);
  const started = Date.now();
  report(`building ${recipe.name} ${version} from its Go modules with ${go.GOVERSION}: some minutes, once a machine`);
  await runGo([...buildArguments(recipe, version, linking), `-o=${program}`, recipe.package], recipe, go, report);

  const printed = await versionOf(program, recipe);
  if (printed !== version) {
    throw new Error(
      `the ${recipe.name} that was built says it is version ${printed ?? "(none)"}, ${version} was expected`,
    );
  }
  report(`${recipe.name} ${version} built in ${seconds(started)} s`);
}

function runGo(args: readonly string[], recipe: Recipe, go: GoSettings, report: Report): Promise<void> {
  const env = {
    ...process.env,
    GOFLAGS: safeGoFlags(go.GOFLAGS),
    GOWORK: "off",
    GOOS: go.GOHOSTOS,
    GOARCH: go.GOHOSTARCH,
    CGO_ENABLED: recipe.cgo ? "1" : "0",
  };
  return new Promise((done, failed) => {
    const started = Date.now();
    const child = spawn("go", args, { cwd: moduleFolder(recipe.name), env, stdio: ["ignore", "ignore", "pipe"] });
    const count = { downloaded: 0, compiled: 0 };
    const tail: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (line.startsWith("go: downloading ")) count.downloaded++;
      else if (/^[\w.~-]+(\/[\w.~+-]+)*$/.test(line)) count.compiled++;
      else tail.push(line);
      if (tail.length > 20) tail.shift();
    });
    const ticker = setInterval(() => report(progress(recipe.name, count, seconds(started))), 10_000);
    // Without it an interrupted `make up` would leave the compiler running.
    const stop = () => child.kill();
    process.once("exit", stop);
    const finish = (error?: Error) => {
      clearInterval(ticker);
      process.off("exit", stop);
      if (error) failed(error);
      else done();
    };
    child.on("error", (cause) => finish(new Error(`go could not be started: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) return finish();
      const how = signal ? `ended by ${signal}` : `exit code ${code}`;
      finish(new Error(`building ${recipe.name} failed (${how}) in ${moduleFolder(recipe.name)}:\n${tail.join("\n")}`));
    });
  });
}

/** One line on a running build, such as `nomad: 412 packages compiled, 35 s`. */
export function progress(name: string, count: { downloaded: number; compiled: number }, elapsed: number): string {
  const parts = [
    ...(count.downloaded > 0 ? [`${count.downloaded} modules downloaded`] : []),
    `${count.compiled} packages compiled`,
    `${elapsed} s`,
  ];
  return `${name}: ${parts.join(", ")}`;
}

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);
