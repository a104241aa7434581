import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PackageManager, RuntimeOptions } from "./options";
import { outputOf, type ProcessOutput } from "./output";

/** Installs a program's npm packages with its package manager, and yields what that says. */
export async function* installPackages(
  directory: string,
  choice: RuntimeOptions["packageManager"],
): AsyncGenerator<ProcessOutput> {
  const manager = choice === "auto" ? detect(directory) : choice;
  yield { stdout: Buffer.from("Installing dependencies...\n\n") };
  const child = spawn(manager, ["install"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  const end = yield* outputOf(child);
  if (end.error) throw new Error(`${manager} install cannot be run in ${directory}: ${end.error.message}`);
  if (end.code !== 0) throw new Error(`${manager} install in ${directory} ended with exit code ${end.code}`);
  yield { stdout: Buffer.from("Finished installing dependencies\n\n") };
}

function detect(directory: string): PackageManager {
  if (process.env.PULUMI_PREFER_YARN === "true" || existsSync(join(directory, "yarn.lock"))) return "yarn";
  return existsSync(join(directory, "pnpm-lock.yaml")) ? "pnpm" : "npm";
}
