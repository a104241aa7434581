import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** A process that has ended, with all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this project as the resource behind it does: told what to do on its standard input. */
export async function runWithRequest(program: string, request: object | string): Promise<Ended> {
  const child = spawn("node", ["--require", "tsx/cjs", program], { cwd: join(__dirname, "../..") });
  child.stdin.end(typeof request === "string" ? request : JSON.stringify(request));
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  return { code, stdout, stderr };
}
