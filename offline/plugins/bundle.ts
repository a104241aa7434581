import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

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
 * Puts a stand-in and all it needs into one executable file: it starts in about the time that Node.js itself takes.
 *
 * @param name folder below offline/plugins whose `index.ts` starts the plugin
 */
export async function bundlePlugin(name: string, version: string, file: string): Promise<void> {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(sourceDirectory, name, "index.ts")],
    outfile: file,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Optional native parts of ssh2: it works without them.
    external: ["*.node", "cpu-features"],
    define: { __PLUGIN_VERSION__: JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node" },
    legalComments: "none",
    logLevel: "error",
  });
}
