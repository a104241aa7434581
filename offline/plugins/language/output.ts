import type { ChildProcess } from "node:child_process";

/** Something that a process wrote. */
export interface ProcessOutput {
  readonly stdout?: Uint8Array;
  readonly stderr?: Uint8Array;
}

/** How it ended: with a code, by a signal (no code), or by never having started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly error?: Error;
}

/** Yields what a process writes, as it comes, and returns how it ended. */
export async function* outputOf(child: ChildProcess): AsyncGenerator<ProcessOutput, ProcessEnd> {
  const queue: ProcessOutput[] = [];
  let wake = () => {};
  let end: ProcessEnd | undefined;
  const push = (output: ProcessOutput) => {
    queue.push(output);
    wake();
  };
  child.stdout?.on("data", (stdout: Buffer) => push({ stdout }));
  child.stderr?.on("data", (stderr: Buffer) => push({ stderr }));
  child.on("error", (error) => {
    end = { code: null, error };
    wake();
  });
  child.on("close", (code) => {
    end ??= { code };
    wake();
  });
  while (end === undefined || queue.length > 0) {
    const next = queue.shift();
    if (next) yield next;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  return end;
}
