import { isDeepStrictEqual } from "node:util";
import { type NomadClient, NomadError, NomadUnreachable } from "../client";
import type { ApiJob } from "./api";
import { type Body, parseHcl } from "./hcl";
import { HclError, type Token, tokenize } from "./hclTokens";

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
  const body = parseRequest(spec, canonical);
  try {
    return await client.put<ApiJob>("/v1/jobs/parse", body);
  } catch (error) {
    if (error instanceof NomadUnreachable) throw error;
    throw refused(error);
  }
}

/**
 * What Nomad's servers are asked, at `/v1/jobs/parse`, to read a jobspec in HCL.
 *
 * @throws JobspecError if a value is given for a variable that is not declared.
 */
export function parseRequest(spec: Jobspec, canonical: boolean): object {
  const declared = declaredVariables(spec);
  return { JobHCL: spec.source, Variables: variablesFile(spec.vars, declared), Canonicalize: canonical };
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
  // Without a server there is still the text to compare, less its comments and spaces.
  if (one.json !== other.json || !isDeepStrictEqual(one.vars, other.vars)) return false;
  try {
    return one.json
      ? isDeepStrictEqual(parseJson(one.source), parseJson(other.source))
      : isDeepStrictEqual(words(one.source), words(other.source));
  } catch {
    return false;
  }
}

/**
 * ID and namespace of a job as far as the text alone tells, without a server: undefined for what an expression decides.
 *
 * @throws JobspecError if the text is malformed.
 */
export function identityOffline(spec: Jobspec): { id?: string; namespace?: string } {
  if (spec.json) {
    const job = parseJson(spec.source);
    return { id: job.ID ?? undefined, namespace: job.Namespace || "default" };
  }
  declaredVariables(spec);
  const job = outline(spec.source).blocks.find(({ type }) => type === "job");
  const label = job?.labels[0];
  if (job === undefined || label === undefined) {
    throw new JobspecError('there is no job block; expected job "name" { … }');
  }
  const { id, namespace } = job.body.attributes;
  return { id: id ? literal(id) : label, namespace: namespace ? literal(namespace) : "default" };
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

/**
 * Types of the variables that a jobspec declares, by name; undefined for one that states no type.
 *
 * @throws JobspecError if a value is given for a variable that is not declared.
 */
function declaredVariables(spec: Jobspec): Record<string, string | undefined> {
  const names = Object.keys(spec.vars);
  if (names.length === 0) return {};
  const { blocks } = outline(spec.source);
  const declared: Record<string, string | undefined> = {};
  for (const { type, labels, body } of blocks) {
    if (type === "variables") for (const name of Object.keys(body.attributes)) declared[name] = undefined;
    if (type === "variable" && labels[0] !== undefined) {
      declared[labels[0]] = body.attributes.type?.map(({ text }) => text).join("");
    }
  }
  const unknown = names.filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) {
    const allowed = Object.keys(declared).sort().join(", ") || "none";
    throw new JobspecError(
      `hcl2.vars gives ${unknown.join(", ")}, which the jobspec does not declare (it declares: ${allowed}); ` +
        "declare the variable there or leave the value out",
    );
  }
  return declared;
}

function outline(source: string): Body {
  try {
    return parseHcl(source);
  } catch (error) {
    if (error instanceof HclError) throw new JobspecError(error.message);
    throw error;
  }
}

function words(source: string): string[] {
  return tokenize(source).map(({ text }) => text);
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

function refused(error: unknown): unknown {
  return error instanceof NomadError && error.status === 400 ? new JobspecError(error.answer) : error;
}

/** Whether `-var` takes a value of this type as plain text; other types are given as HCL expressions. */
function isText(type: string | undefined): boolean {
  return type === undefined || type === "string" || type === "number";
}

function hclString(text: string): string {
  return JSON.stringify(text).replace(/\$\{/g, "$$$${").replace(/%\{/g, "%%{");
}

/** The text of an expression that is nothing but a string without a template. */
function literal(expression: readonly Token[]): string | undefined {
  const [only, ...more] = expression;
  if (only?.kind !== "string" || more.length > 0 || /[$%\\]/.test(only.text)) return undefined;
  return only.text.slice(1, -1);
}
