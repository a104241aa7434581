import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Report } from "../report";

const run = promisify(execFile);

/** How a C compiler can link here: `static` where the machine has the static C library too. */
export type Linking = "static" | "dynamic";

/**
 * Makes sure of a C compiler, which cgo needs. Where it is missing, root on Debian or Ubuntu gets it from the
 * distribution; anyone else is told the steps.
 */
export async function ensureCompiler(cc: string, report: Report): Promise<Linking> {
  const found = await linking(cc);
  if (found) return found;
  const install = "apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev";
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    throw new Error(
      `the C compiler "${cc}" does not work, and Nomad's exec driver is partly written in C. Install a C compiler and the C ` +
        `library's headers (on Debian and Ubuntu: sudo sh -c '${install}'), then run this again.`,
    );
  }
  report(`the C compiler "${cc}" is missing: installing gcc and libc6-dev from the distribution`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("sh", ["-c", install], { env, timeout: 10 * 60_000, maxBuffer: 64 * 1024 * 1024 }).catch((cause) => {
    throw new Error(`installing gcc failed: ${lastLines((cause as { stderr?: string }).stderr ?? String(cause))}`, {
      cause,
    });
  });
  const installed = await linking(cc);
  if (installed) return installed;
  throw new Error(
    `the C compiler "${cc}" still does not work after gcc was installed: is the variable CC set to another one?`,
  );
}

async function linking(cc: string): Promise<Linking | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "hashistack-cc-"));
  try {
    await writeFile(join(folder, "empty.c"), "#include <stdlib.h>\nint main(void) { return abs(0); }\n");
    for (const [kind, flags] of [
      ["static", ["-static"]],
      ["dynamic", []],
    ] as const) {
      const [command = "gcc", ...given] = cc.split(/\s+/);
      const works = await run(command, [...given, ...flags, "-o", "empty", "empty.c"], { cwd: folder }).then(
        () => true,
        () => false,
      );
      if (works) return kind;
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n");
}
