import type { JobConfig } from "../config/schema";
import type { JobVariable } from "./jobFile";

/** What a job file's expressions are computed from: its variables, and what the stack sets of them. */
export interface Values {
  readonly variables: Readonly<Record<string, JobVariable>>;
  readonly vars: JobConfig["vars"];
}

/** A text with the values of its variables; other expressions stay as they are. */
export function filledIn(text: string, values: Values): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => known(name.trim(), values) ?? whole);
}

/** Whether a text that was filled in still holds an expression that only Nomad can compute. */
export function isComputed(text: string): boolean {
  return text.includes("${");
}

const runtimeNames = /^(NOMAD_\w+|env\[.*\]|(attr|device|env|meta|node)\..+)$/;

/** Whether Nomad fills the name in on the client, just before the task starts. */
export function isRuntimeName(expression: string): boolean {
  return runtimeNames.test(expression);
}

/** Value of an expression, where it is a variable; undefined where only Nomad can tell. */
export function known(expression: string, { variables, vars }: Values): string | undefined {
  const [, name] = /^var\.(\w+)$/.exec(expression) ?? [];
  if (name === undefined || !Object.hasOwn(variables, name)) {
    return undefined;
  }
  const value = Object.hasOwn(vars, name) ? vars[name] : variables[name]?.default;
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}
