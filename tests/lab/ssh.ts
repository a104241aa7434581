import { spawn } from "node:child_process";
import { labUser, type Machine } from "./inventory";
import { labPaths } from "./paths";

/** What a command on a machine did. */
export interface Answer {
  /** Its exit code; 255 where the machine could not be reached. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Written to its standard input. */
  readonly input?: string;
  /** After which it is ended; then `code` is 255. @default 120 */
  readonly timeoutSeconds?: number;
}

/** The options with which `ssh` and `scp` reach a machine: the lab's key, and no host key but the pinned ones. */
export function sshOptions(): string[] {
  const options = [
    `IdentityFile=${labPaths.key}`,
    "IdentitiesOnly=yes",
    `UserKnownHostsFile=${labPaths.knownHosts}`,
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=5",
    "LogLevel=ERROR",
  ];
  return ["-F", "/dev/null", ...options.flatMap((option) => ["-o", option])];
}

/** Runs a command on a machine as `ops`, in the login shell. Never throws for what the command does. */
export function ssh({ address }: Machine, command: string, options: CommandOptions = {}): Promise<Answer> {
  return capture("ssh", [...sshOptions(), "-o", "BatchMode=yes", `${labUser}@${address}`, command], options);
}

/** Runs a program to its end, whatever that is. */
export function capture(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const seconds = options.timeoutSeconds ?? 120;
    let late = "";
    const timer = setTimeout(() => {
      late = `\nno end after ${seconds} s`;
      child.kill("SIGKILL");
    }, seconds * 1000);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => {}); // its exit code tells why it stopped reading
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`${program} could not be run: ${error.message}`));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({
        code: late ? 255 : (code ?? 255),
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString() + late,
      });
    });
  });
}
