import { parseArgs } from "node:util";
import { PreviewError } from "./error";

export const formats = ["markdown", "json", "text"] as const;
export type Format = (typeof formats)[number];

/** From which verdict on the exit code is 2. */
export const failures = ["attention", "refused", "never"] as const;
export type FailOn = (typeof failures)[number];

export interface Options {
  readonly stack: string;
  readonly format: Format;
  /** File with a saved preview; Pulumi is not run then. */
  readonly from?: string;
  /** File for the report. @default standard output */
  readonly output?: string;
  /** File in which the preview itself is kept. */
  readonly save?: string;
  readonly refresh: boolean;
  readonly nomad: boolean;
  readonly failOn: FailOn;
  /** Where a reader finds what a comment has no room for. */
  readonly whole: string;
}

export const usage = `npm run preview-report -- [options]
  --stack dev           the stack; default: STACK, else dev
  --format markdown     ${formats.join(", ")}; default: FORMAT, else text
  --from preview.json   report on a saved "pulumi preview --json" in place of a new one
  --save preview.json   keep the preview that was made
  --output report.md    write the report there, when it is whole; default: standard output
  --refresh             look at the machines first: shows what was changed outside
  --no-nomad            do not ask Nomad for its own plan
  --fail-on attention   exit code 2 from this verdict on: ${failures.join(", ")}
  --whole "…"           where a reader finds what a comment has no room for`;

/** Reads the command line; what it leaves out is taken from the variables that \`make\` hands on. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const values = parsed(args);
  const stack = values.stack ?? (environment.STACK || "dev");
  return {
    stack,
    format: oneOf("--format", values.format ?? (environment.FORMAT || "text"), formats),
    refresh: values.refresh ?? false,
    nomad: !values["no-nomad"],
    failOn: oneOf("--fail-on", values["fail-on"] ?? "attention", failures),
    whole: values.whole ?? `what this prints: npm run preview-report -- --stack ${stack} --format text`,
    ...(values.from ? { from: values.from } : {}),
    ...(values.output ? { output: values.output } : {}),
    ...(values.save ? { save: values.save } : {}),
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        stack: text,
        format: text,
        from: text,
        save: text,
        output: text,
        whole: text,
        "fail-on": text,
        refresh: flag,
        "no-nomad": flag,
      },
    }).values;
  } catch (error) {
    throw new PreviewError(`${(error as Error).message}\n\n${usage}`);
  }
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) {
    throw new PreviewError(`${option} ${JSON.stringify(value)}: expected one of ${allowed.join(", ")}.`);
  }
  return found;
}
