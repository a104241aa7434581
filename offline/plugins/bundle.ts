import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { BuildOptions } from "esbuild";
import { programFile } from "./programFile";

const sourceDirectory = __dirname;
const projectDirectory = resolve(__dirname, "../..");

/** Everything that bundles depend on besides the version they carry: the stand-ins' sources, and what npm installed. */
export function sourceHash(): string {
  const hash = createHash("sha256");
  for (const file of [...typeScriptFiles(sourceDirectory), join(projectDirectory, "package-lock.json")]) {
    hash.update(`\0${file.slice(projectDirectory.length)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function typeScriptFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return typeScriptFiles(path);
      return entry.name.endsWith(".ts") ? [path] : [];
    });
}

/**
 * Puts a stand-in, with all it needs, beside an executable that starts it: in about the time that Node.js itself takes.
 *
 * @param name folder below offline/plugins whose `index.ts` starts the plugin
 */
export async function bundlePlugin(name: string, version: string, executable: string): Promise<void> {
  await bundle(join(name, "index.ts"), join(dirname(executable), programFile), {
    // Optional native parts of ssh2: it works without them.
    external: ["*.node", "cpu-features"],
    define: { __PLUGIN_VERSION__: JSON.stringify(version) },
  });
  await bundle("launcher.ts", executable, { banner: { js: "#!/usr/bin/env node" } });
}

async function bundle(entry: string, outfile: string, options: BuildOptions): Promise<void> {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(sourceDirectory, entry)],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    logLevel: "error",
    ...options,
  });
}
