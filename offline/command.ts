import { type SpawnOptions, spawn } from "node:child_process";

export interface CommandOptions extends SpawnOptions {
  /** Called with every line of standard error while the command runs. */
  readonly onLine?: (line: string) => void;
  /** Written to standard input. */
  readonly input?: Buffer | NodeJS.ReadableStream;
}

/** Runs a command and gives back its standard output; a failure carries the command and its last words. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { onLine, input, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...spawnOptions, stdio: [input ? "pipe" : "ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    let err = "";
    let rest = "";
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => {
      const text = chunk.toString();
      err = (err + text).slice(-8000);
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        onLine?.(line);
      }
    });
    child.on("error", (error) => reject(new Error(`${command} could not be run: ${error.message}`)));
    child.on("close", (code, signal) => {
      const text = Buffer.concat(out).toString();
      if (code === 0) {
        resolve(text);
        return;
      }
      const words = (err.trim() || text.trim()).split("\n").slice(-20).join("\n");
      reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? signal}:\n${words}`));
    });
    if (input && child.stdin) {
      child.stdin.on("error", () => {}); // the command's own exit code tells why it stopped reading
      if (Buffer.isBuffer(input)) {
        child.stdin.end(input);
      } else {
        input.pipe(child.stdin);
      }
    }
  });
}
