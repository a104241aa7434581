import { StringDecoder } from "node:string_decoder";
import { trimLineBreak } from "./goText";

export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** Collects what a command prints and shows it line by line while it runs. */
export interface Collector {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** Ends the last line. */
  finish(): Collected;
}

export interface Collected {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order they came in, untrimmed. */
  readonly both: string;
}

export function collect(logging: Logging | undefined, show: (line: string) => void): Collector {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const both: Buffer[] = [];
  const lines = splitLines(show);
  return {
    stdout(chunk) {
      out.push(chunk);
      both.push(chunk);
      if (logging === undefined || logging === "stdout" || logging === "stdoutAndStderr") lines.add(chunk);
    },
    stderr(chunk) {
      err.push(chunk);
      both.push(chunk);
      if (logging === undefined || logging === "stderr" || logging === "stdoutAndStderr") lines.add(chunk);
    },
    finish() {
      lines.end();
      return {
        stdout: trimLineBreak(Buffer.concat(out).toString("utf8")),
        stderr: trimLineBreak(Buffer.concat(err).toString("utf8")),
        both: Buffer.concat(both).toString("utf8"),
      };
    },
  };
}

function splitLines(show: (line: string) => void) {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    add(chunk: Buffer) {
      const parts = (rest + decoder.write(chunk)).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) show(line.replace(/\r$/, ""));
    },
    end() {
      rest += decoder.end();
      if (rest !== "") show(rest);
      rest = "";
    },
  };
}
