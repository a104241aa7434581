import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import program from "../../index";
import { MockEngine } from "./mockEngine";

/** Configuration as the engine hands it to a program: by full key, structured values as JSON. */
export type StackValues = Readonly<Record<string, unknown>>;

export interface Run {
  readonly engine: MockEngine;
  /** What the program threw, if it did. */
  readonly error?: Error;
  readonly warnings: readonly string[];
}

export const root = join(__dirname, "../..");

/** The configuration of a stack file, from the project's root. */
export function stackFile(path: string): StackValues {
  return parse(readFileSync(join(root, path), "utf8")).config;
}

/** Runs the whole program, index.ts and all, for a stack of this configuration. */
export async function runProgram(stack: string, values: StackValues): Promise<Run> {
  const engine = await MockEngine.start(pulumi, { stack });
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)])));
  const warnings: string[] = [];
  const warn = jest.spyOn(console, "warn").mockImplementation((line) => warnings.push(String(line)));
  let error: Error | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    try {
      return await program();
    } catch (thrown) {
      // Pulumi would print it and end the process.
      error = thrown as Error;
      return {};
    }
  });
  await engine.settled();
  warn.mockRestore();
  pulumi.runtime.setAllConfig({});
  return { engine, error, warnings };
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
