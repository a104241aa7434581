import { isDeepStrictEqual } from "node:util";
import { parse as parseHcl } from "@cdktf/hcl2json";
import { type NomadClient, NomadUnreachable } from "../client";
import type { ApiJob } from "./api";

/** A jobspec with everything that decides how it is read. */
export interface Jobspec {
  readonly source: string;
  readonly json: boolean;
  /** Values of HCL2 variables, as after `nomad job run -var name=`. */
  readonly vars: Readonly<Record<string, string>>;
}

/** The jobspec that a resource's inputs (or state) describe. */
export function jobspecOf(properties: Readonly<Record<string, unknown>>): Jobspec {
  const hcl2 = (properties.hcl2 ?? {}) as { vars?: Record<string, string> | null };
  return { source: properties.jobspec as string, json: properties.json === true, vars: hcl2.vars ?? {} };
}

/** A jobspec that cannot be read. The message says where and why. */
export class JobspecError extends Error {
  constructor(message: string) {
    super(`the jobspec cannot be read: ${message}`);
    this.name = "JobspecError";
  }
}

/**
 * Reads a jobspec as Nomad does: HCL is parsed by the servers.
 *
 * @param canonical Fills in Nomad's defaults, to compare jobs; not for registering them, since it fixes the region.
 * @throws JobspecError if it is malformed; NomadUnreachable if HCL is to be read and no server answers.
 */
export async function parseJobspec(client: NomadClient, spec: Jobspec, canonical = false): Promise<ApiJob> {
  if (spec.json) return parseJson(spec.source);
  const declared = await declaredVariables(spec);
  const body = { JobHCL: spec.source, Variables: variablesFile(spec.vars, declared), Canonicalize: canonical };
  try {
    return await client.put<ApiJob>("/v1/jobs/parse", body);
  } catch (error) {
    if (error instanceof NomadUnreachable) throw error;
    throw refused(error);
  }
}

/**
 * Whether two jobspecs describe the same job: comments, whitespace and the order of attributes do not count, and neither
 * does writing a default out.
 */
export async function sameJob(client: NomadClient, one: Jobspec, other: Jobspec): Promise<boolean> {
  if (isDeepStrictEqual(one, other)) return true;
  try {
    const jobs = await Promise.all([parseJobspec(client, one, true), parseJobspec(client, other, true)]);
    return isDeepStrictEqual(...(jobs as [ApiJob, ApiJob]));
  } catch (error) {
    if (!(error instanceof NomadUnreachable)) return false;
  }
  // Without a server there is still the syntax to compare.
  if (!isDeepStrictEqual(one.vars, other.vars)) return false;
  const trees = await Promise.all([one, other].map((spec) => parseLocally(spec).catch(() => undefined)));
  return trees[0] !== undefined && isDeepStrictEqual(trees[0], trees[1]);
}

/**
 * ID and namespace of a job as far as the text alone tells, without a server: undefined for what an expression decides.
 *
 * @throws JobspecError if the text is malformed.
 */
export async function identityOffline(spec: Jobspec): Promise<{ id?: string; namespace?: string }> {
  if (spec.json) {
    const job = parseJson(spec.source);
    return { id: job.ID ?? undefined, namespace: job.Namespace || "default" };
  }
  const tree = (await parseLocally(spec)) as { job?: Record<string, Record<string, unknown>[]> };
  const [label, blocks] = Object.entries(tree.job ?? {})[0] ?? [];
  if (label === undefined) throw new JobspecError('there is no job block; expected job "name" { … }');
  const block = blocks?.[0] ?? {};
  return { id: literal(block.id ?? label), namespace: literal(block.namespace ?? "default") };
}

/** A variables file that gives each variable the value that `-var name=value` would. */
export function variablesFile(
  vars: Readonly<Record<string, string>>,
  types: Readonly<Record<string, string | undefined>>,
): string {
  return Object.entries(vars)
    .map(([name, value]) => `${name} = ${isText(types[name]) ? hclString(value) : value}\n`)
    .join("");
}

/** Types of the variables that a jobspec declares, by name; undefined for one that states no type. */
async function declaredVariables(spec: Jobspec): Promise<Record<string, string | undefined>> {
  const names = Object.keys(spec.vars);
  if (names.length === 0) return {};
  const tree = (await parseLocally(spec)) as {
    variable?: Record<string, { type?: string }[]>;
    variables?: Record<string, unknown>[];
  };
  const declared: Record<string, string | undefined> = {};
  for (const block of tree.variables ?? []) for (const name of Object.keys(block)) declared[name] = undefined;
  for (const [name, blocks] of Object.entries(tree.variable ?? {})) declared[name] = blocks[0]?.type;
  const unknown = names.filter((name) => !(name in declared));
  if (unknown.length > 0) {
    const allowed = Object.keys(declared).sort().join(", ") || "none";
    throw new JobspecError(
      `hcl2.vars gives ${unknown.join(", ")}, which the jobspec does not declare (it declares: ${allowed}); ` +
        "declare the variable there or leave the value out",
    );
  }
  return declared;
}

async function parseLocally(spec: Jobspec): Promise<unknown> {
  if (spec.json) return parseJson(spec.source);
  try {
    return await parseHcl("jobspec.nomad.hcl", spec.source);
  } catch (error) {
    throw new JobspecError((error as Error).message);
  }
}

function parseJson(source: string): ApiJob {
  let root: unknown;
  try {
    root = JSON.parse(source);
  } catch (error) {
    throw new JobspecError(`json is true, but it is no JSON: ${(error as Error).message}`);
  }
  const job = (root as { Job?: unknown } | null)?.Job ?? root;
  if (typeof job !== "object" || job === null || Object.keys(job).length === 0) {
    throw new JobspecError('it is JSON, but no job; expected what "nomad job run -output" prints');
  }
  return job as ApiJob;
}

function refused(error: unknown): Error {
  const answer = (error as { answer?: string; status?: number }).answer;
  const status = (error as { status?: number }).status;
  return answer !== undefined && status === 400 ? new JobspecError(answer) : (error as Error);
}

/** Whether `-var` takes a value of this type as plain text; other types are given as HCL expressions. */
function isText(type: string | undefined): boolean {
  return type === undefined || /^(\$\{)?(string|number)\}?$/.test(type);
}

function hclString(text: string): string {
  return JSON.stringify(text).replace(/\$\{/g, "$$$${").replace(/%\{/g, "%%{");
}

/** A value as the HCL parser gives it, if it is a plain string without an expression. */
function literal(value: unknown): string | undefined {
  return typeof value === "string" && !/[$%]\{/.test(value) ? value : undefined;
}
