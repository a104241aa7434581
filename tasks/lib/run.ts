import { type SpawnOptions, spawn } from "node:child_process";

/** A command that ended with another code than 0. */
export class CommandFailed extends Error {
  constructor(
    readonly command: string,
    readonly code: number | string,
    readonly output: string,
  ) {
    super(`${command} ended with ${code}${output.trim() ? `:\n${output.trim()}` : ""}`);
    this.name = "CommandFailed";
  }
}

/** Runs a command with this terminal as its own. Resolves to its exit code; signals are for the command to answer. */
export function runAttached(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    // The terminal sends an interrupt to the child as well: wait for it to finish what it must.
    const ignore = () => {};
    process.on("SIGINT", ignore);
    const forward = () => child.kill("SIGTERM");
    process.on("SIGTERM", forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

/** Runs a command and gives back what it wrote to standard output. */
export function runQuietly(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout?.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) {
        resolve(out);
      } else {
        reject(new CommandFailed(`${command} ${args.join(" ")}`, code ?? signal ?? "?", err || out));
      }
    });
  });
}
