import type { z } from "zod";
import { distinctProblems, type Problem } from "./problem";
import { configurationRules } from "./rules";
import { type SectionName, type StackConfig, sections } from "./schema";

export interface ParsedConfig {
  /** The configuration; absent where `problems` says why. */
  readonly config?: StackConfig;
  /** The chosen jobs, where that section is well-formed, whatever is wrong elsewhere. */
  readonly chosenJobs: StackConfig["jobs"];
  readonly problems: readonly Problem[];
}

/**
 * Checks raw configuration values (already parsed from JSON, keys without their namespace) and fills in defaults.
 * Never throws: everything that is wrong comes back at once.
 */
export function parseConfig(raw: Readonly<Record<string, unknown>>): ParsedConfig {
  const problems: Problem[] = [];
  const names = Object.keys(sections) as SectionName[];

  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(sections, key)) {
      problems.push({ where: named(key), message: `unknown key; expected one of ${names.join(", ")}` });
    }
  }

  const parsed: Partial<Record<SectionName, unknown>> = {};
  for (const name of names) {
    const result = sections[name].safeParse(raw[name], { reportInput: true });
    if (result.success) {
      parsed[name] = result.data;
    } else {
      problems.push(...firstOfEach(result.error.issues.flatMap((issue) => describe(name, issue))));
    }
  }

  // Rules look across sections: each is told only what was well-formed and says nothing of the rest.
  problems.push(...distinctProblems(configurationRules(parsed as Partial<StackConfig>)));
  const config = parsed as unknown as StackConfig;
  return { ...(problems.length > 0 ? {} : { config }), chosenJobs: config.jobs ?? {}, problems };
}

/** A value that is wrong in several ways is told of once: text that is no list is also "too short a list" to zod. */
function firstOfEach(problems: readonly Problem[]): Problem[] {
  return [...new Map([...problems].reverse().map((problem) => [problem.where, problem])).values()].reverse();
}

function describe(section: string, issue: z.core.$ZodIssue): Problem[] {
  const where = pathOf(section, issue.path);
  const value = shown([section, ...issue.path], issue.input);
  switch (issue.code) {
    case "unrecognized_keys":
      // Without their values: nobody can tell what a misspelt `sudoPassword` holds.
      return issue.keys.map((key) => ({
        where: pathOf(section, [...issue.path, key]),
        message: "unknown key; see the configuration reference in docs/configuration.md",
      }));
    case "invalid_key":
      return [{ where, message: `not a name that can stand here; ${issue.issues[0]?.message}` }];
    case "invalid_value":
      return [{ where, value, message: `expected one of ${issue.values.map(String).join(", ")}` }];
    case "invalid_type":
      return [{ where, value, message: issue.input === undefined ? `missing; ${expected(issue)}` : expected(issue) }];
    default:
      return [{ where, value, message: issue.message }];
  }
}

/** Keys under which stands what nobody else should read. */
const secretKeys = /^(privateKey|sudoPassword|key|keys|variables|vars)$/;
/** Keys of mappings that hold such keys: who writes something else there may have meant one of them. */
const secretMappings = /^(ssh|bastion|certificate)$/;

/** A value as a problem may show it: without what may be secret, even where that was put in a wrong place. */
function shown(path: readonly PropertyKey[], value: unknown): unknown {
  const steps = path.map(String);
  if (value !== undefined && (steps.some((step) => secretKeys.test(step)) || secretMappings.test(steps.at(-1) ?? ""))) {
    return "[secret]";
  }
  return withoutSecrets(value);
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") {
    // Keys have lines; URLs may have passwords.
    return /-----BEGIN |[\r\n]/.test(value) ? "[secret]" : value.replace(/(:\/\/[^\s:@]*):\S*@/, "$1:[secret]@");
  }
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  const mapping = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  return mapping ? "[mapping]" : value;
}

function expected(issue: z.core.$ZodIssueInvalidType): string {
  return issue.message.startsWith("expected") ? issue.message : `expected ${article(issue.expected)}`;
}

function article(type: string): string {
  const name = { record: "mapping", object: "mapping", array: "list", int: "whole number" }[type] ?? type;
  return `a ${name}`;
}

function pathOf(section: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (where, step) => (typeof step === "number" ? `${where}[${step}]` : `${where}.${named(String(step))}`),
    section,
  );
}

/** A key as one finds it in the file: in quotes where it could not be told from what surrounds it. */
function named(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}
