import { readFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cached, hashOf } from "../cache";
import { run } from "../command";
import type { Report } from "../report";
import { recipes, type ToolName } from "./tool";

/** The version that a tool's go.mod pins. */
export function pinnedVersion(name: ToolName): string {
  const { module } = recipes[name];
  const pattern = new RegExp(`^\\s*(?:require\\s+)?${module.replaceAll(".", "\\.")}\\s+v(\\S+)`, "m");
  const version = pattern.exec(readFileSync(join(__dirname, name, "go.mod"), "utf8"))?.[1];
  if (version === undefined) {
    throw new Error(`offline/toolchain/${name}/go.mod requires no ${module}: the version to build is unknown.`);
  }
  return version;
}

/** Builds a tool from its Go module, once for each go.mod, go.sum, recipe and Go release. Gives back the binary. */
export async function buildTool(name: ToolName, report: Report): Promise<string> {
  const recipe = recipes[name];
  const sources = ["go.mod", "go.sum"].map((file) => readFileSync(join(__dirname, name, file)));
  const goVersion = await go(["env", "GOVERSION"], name);
  const flags = [recipe.tags ?? "", String(recipe.cgo), recipe.ldflags(pinnedVersion(name))];
  const key = `tools/${name}-${pinnedVersion(name)}-${hashOf(...sources, goVersion, ...flags)}`;

  const folder = await cached(
    key,
    async (directory) => {
      if (recipe.cgo) {
        await ensureCompiler(report);
      }
      // Built in a copy: Go may want to write beside go.mod, and the checkout may be read-only.
      const module = join(directory, "module");
      await mkdir(module);
      await cp(join(__dirname, name), module, { recursive: true });
      await compile(name, module, join(directory, name), report);
    },
    report,
  );
  return join(folder, name);
}

async function compile(name: ToolName, module: string, output: string, report: Report): Promise<void> {
  const recipe = recipes[name];
  const start = Date.now();
  let packages = 0;
  let downloads = 0;
  const tell = () => {
    const seconds = Math.round((Date.now() - start) / 1000);
    report(
      `building ${name} ${pinnedVersion(name)}: ${packages} packages compiled, ${downloads} modules fetched, ${seconds} s`,
    );
  };
  tell();
  const timer = setInterval(tell, 10_000);
  try {
    await run(
      "go",
      [
        "build",
        "-v",
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        ...(recipe.tags ? ["-tags", recipe.tags] : []),
        "-ldflags",
        `-s -w ${recipe.ldflags(pinnedVersion(name))}`.trim(),
        "-o",
        output,
        recipe.package,
      ],
      {
        cwd: module,
        env: { ...process.env, CGO_ENABLED: recipe.cgo ? "1" : "0" },
        onLine: (line) => {
          if (line.startsWith("go: downloading")) {
            downloads++;
          } else {
            packages++;
          }
        },
      },
    );
  } finally {
    clearInterval(timer);
  }
}

async function go(args: readonly string[], name: ToolName): Promise<string> {
  try {
    return (await run("go", args)).trim();
  } catch (error) {
    throw new Error(
      `${name} can neither be downloaded nor built: ${(error as Error).message}\n` +
        `Install Go 1.26 or later, or ${name} ${pinnedVersion(name)} itself, and put it on the PATH.`,
    );
  }
}

async function ensureCompiler(report: Report): Promise<void> {
  try {
    await run("gcc", ["--version"]);
    return;
  } catch {
    report("no C compiler here: installing gcc from the distribution");
  }
  try {
    await run("apt-get", ["install", "-y", "--no-install-recommends", "gcc", "libc6-dev"], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  } catch (error) {
    throw new Error(
      `Nomad needs a C compiler to be built. Install gcc and the C library's headers.\n${(error as Error).message}`,
    );
  }
}
