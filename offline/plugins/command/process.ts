import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { goQuote } from "./goText";
import { collect, type Logging } from "./output";

/** One command on this machine. */
export interface LocalRun {
  readonly command: string;
  /** Default: `/bin/sh -c`. The command is its last argument. */
  readonly interpreter?: readonly string[];
  /** Default: where the program runs. */
  readonly directory: string;
  /** On top of this process's environment. */
  readonly environment: { readonly [name: string]: string };
  readonly stdin?: string;
  readonly logging?: Logging;
  readonly signal: AbortSignal;
  readonly show: (line: string) => void;
}

/** Process groups of the commands that run now. */
const groups = new Set<number>();

// Whatever ends this process must not leave a command behind that nobody waits for.
process.on("exit", () => {
  for (const group of groups) endGroup(group);
});

/**
 * Runs a command to its end.
 * @throws Error worded as the official plugin words it: how it ended, the command, everything it printed.
 */
export async function runLocal(run: LocalRun): Promise<{ stdout: string; stderr: string }> {
  const [file, ...args] = run.interpreter?.length ? run.interpreter : ["/bin/sh", "-c"];
  run.signal.throwIfAborted();
  const collector = collect(run.logging, run.show);
  const child = spawn(file as string, [...args, run.command], {
    cwd: run.directory,
    env: { ...process.env, ...run.environment },
    stdio: [run.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    // A group of its own: what the command itself started ends with it.
    detached: true,
  });
  const group = child.pid;
  if (group !== undefined) groups.add(group);
  const abort = () => group !== undefined && endGroup(group);
  run.signal.addEventListener("abort", abort, { once: true });
  child.stdout?.on("data", (chunk) => collector.stdout(chunk));
  child.stderr?.on("data", (chunk) => collector.stderr(chunk));
  // A command may well end without having read its input.
  child.stdin?.on("error", () => {});
  child.stdin?.end(run.stdin);
  try {
    const failure = await new Promise<string | undefined>((resolve) => {
      child.on("error", (error: NodeJS.ErrnoException) => resolve(startFailure(error, file as string, run.directory)));
      child.on("close", (code, signal) => resolve(endFailure(code, signal)));
    });
    const printed = collector.finish();
    if (failure !== undefined) throw new Error(`${failure}: running ${goQuote(run.command)}:\n${printed.both}`);
    return printed;
  } finally {
    run.signal.removeEventListener("abort", abort);
    if (group !== undefined) groups.delete(group);
  }
}

function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

const signalNames: { readonly [signal: string]: string } = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
};

function endFailure(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `signal: ${signalNames[signal] ?? signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}

function startFailure(error: NodeJS.ErrnoException, file: string, directory: string): string {
  const reason =
    { ENOENT: "no such file or directory", EACCES: "permission denied" }[error.code ?? ""] ?? error.message;
  if (!existsSync(directory)) return `chdir ${directory}: no such file or directory`;
  if (!statSync(directory).isDirectory()) return `chdir ${directory}: not a directory`;
  if (error.code === "ENOENT" && !file.includes("/")) {
    return `exec: ${goQuote(file)}: executable file not found in $PATH`;
  }
  return `fork/exec ${file}: ${reason}`;
}
