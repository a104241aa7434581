import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** OpenSSL and OpenSSH as judges: what they are given as files, by name, and what they say. */
export function judge(command: string, args: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hs-test-tls-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content, { mode: 0o600 });
    }
    return execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
