import type { Problem } from "../config/problem";
import { asObject, type Block, blocksOf, type Json } from "./hcl";

/** A job file as it lies on disk. */
export interface JobSource {
  /** Name by which a stack's configuration chooses it: the file's name without `.nomad.hcl`. */
  readonly name: string;
  /** Path to show to people, relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** An HCL input variable of a job file. */
export interface JobVariable {
  /** Type constraint as written, such as `string` or `list(string)`; absent where none is. */
  readonly type?: string;
  /** Default; absent where the stack must set the variable. */
  readonly default?: unknown;
}

/** What can be said of a job file without a cluster. */
export interface JobFile extends JobSource {
  /** Job id in Nomad. */
  readonly id: string;
  /** Its Nomad namespace: a text that may hold `${…}`. */
  readonly namespace: string;
  readonly variables: Readonly<Record<string, JobVariable>>;
  /** Tags of all services: each a text that may hold `${…}`, or a whole expression in their place. */
  readonly tags: readonly TagText[];
  /** Images of all tasks, each a text that may hold `${…}`. */
  readonly images: readonly string[];
  /** Static ports of all groups and tasks. */
  readonly staticPorts: readonly PortText[];
  /** Whether a task of it asks for Vault. */
  readonly asksVault: boolean;
  /** Its groups, as they are written. */
  readonly groups: readonly Block[];
}

export interface PortText {
  /** Name of the port within its group. */
  readonly label: string;
  /** A number in decimal, or `${…}`. */
  readonly text: string;
}

export interface TagText {
  readonly text: string;
  /** Set where the list of tags is itself an expression. */
  readonly wholeList: boolean;
}

/** The parser of HCL: it takes a third of a second to load, so whoever has something else to do first does that. */
export function hclParser(): Promise<typeof import("@cdktf/hcl2json")> {
  return import("@cdktf/hcl2json");
}

/** Parses a job file's HCL. Syntax errors and a wrong number of jobs come back as problems with their line. */
export async function parseJobFile(source: JobSource): Promise<{ file?: JobFile; problems: Problem[] }> {
  let root: Record<string, Json>;
  try {
    const { parse } = await hclParser();
    root = (await parse(source.path, source.text)) as Record<string, Json>;
  } catch (error) {
    return { problems: [syntaxProblem(source, error)] };
  }

  const jobs = Object.entries(asObject(root.job) ?? {}).flatMap(([label, bodies]) =>
    Array.isArray(bodies)
      ? bodies.map((body) => ({ label, body }))
      : [{ label: `${label} with a second label`, body: undefined }],
  );
  const [first] = jobs;
  const job = asObject(first?.body);
  if (first === undefined || job === undefined || jobs.length > 1) {
    const found = jobs.length === 0 ? "none" : jobs.map(({ label }) => label).join(", ");
    return {
      problems: [{ where: source.path, message: `expected exactly one job block with one label, found ${found}` }],
    };
  }
  return {
    file: {
      ...source,
      id: typeof job.id === "string" ? job.id : first.label,
      namespace: typeof job.namespace === "string" ? job.namespace : "default",
      variables: variablesOf(root.variable),
      tags: tagsOf(job, false),
      images: imagesOf(job.group),
      staticPorts: staticPortsOf(job.group),
      asksVault: asksVault(job),
      groups: groupsOf(job),
    },
    problems: [],
  };
}

/** A task that stands outside a group makes one of its own. */
function groupsOf(job: Json): Block[] {
  const alone = blocksOf(job, "task").map(({ label, body }) => ({ label, body: { task: { [label]: [body] } } }));
  return [...blocksOf(job, "group"), ...alone];
}

/** Line on which a text stands, from 1; undefined where it does not. */
export function lineOf(source: JobSource, text: string): number | undefined {
  const index = source.text.indexOf(text);
  return index < 0 ? undefined : source.text.slice(0, index).split("\n").length;
}

/** The parser says `parse config: [file:2,10-3,1: Summary; detail]`. */
function syntaxProblem(source: JobSource, error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error);
  const [, line, column, message] = /:(\d+),(\d+)-[\d,]+: ([^\]]*)/.exec(text) ?? [];
  return line === undefined || message === undefined
    ? { where: source.path, message: text }
    : { where: `${source.path}:${line}:${column}`, message: message.trim() };
}

function variablesOf(block: Json): Record<string, JobVariable> {
  const variables: Record<string, JobVariable> = {};
  for (const [name, bodies] of Object.entries(asObject(block) ?? {})) {
    const body = asObject(Array.isArray(bodies) ? bodies[0] : bodies) ?? {};
    variables[name] = {
      ...(typeof body.type === "string" ? { type: body.type.replace(/^\$\{(.*)\}$/s, "$1") } : {}),
      ...("default" in body ? { default: body.default } : {}),
    };
  }
  return variables;
}

/** Every `tags` and `canary_tags` inside a `service` block, `dynamic` ones too, wherever it stands. */
function tagsOf(node: Json, inService: boolean): TagText[] {
  if (Array.isArray(node)) {
    return node.flatMap((item) => tagsOf(item, inService));
  }
  return Object.entries(asObject(node) ?? {}).flatMap(([key, value]): TagText[] => {
    if (!inService || (key !== "tags" && key !== "canary_tags")) {
      return tagsOf(value, inService || key === "service");
    }
    return Array.isArray(value)
      ? value.map((text) => ({ text: String(text), wholeList: false }))
      : [{ text: String(value), wholeList: true }];
  });
}

/** Whether there is a `vault` block, of the job, a group or a task. */
function asksVault(node: Json): boolean {
  return Array.isArray(node)
    ? node.some(asksVault)
    : Object.entries(asObject(node) ?? {}).some(
        ([key, value]) => (key === "vault" && Array.isArray(value)) || asksVault(value),
      );
}

function imagesOf(node: Json): string[] {
  if (Array.isArray(node)) {
    return node.flatMap(imagesOf);
  }
  return Object.entries(asObject(node) ?? {}).flatMap(([key, value]) =>
    key === "image" && typeof value === "string" ? [value] : imagesOf(value),
  );
}

/** Ports of every `network` block, but not those of a host network of one's own, whose address only its client knows. */
function staticPortsOf(node: Json): PortText[] {
  if (Array.isArray(node)) {
    return node.flatMap(staticPortsOf);
  }
  return Object.entries(asObject(node) ?? {}).flatMap(([key, value]) =>
    key === "network" && Array.isArray(value) ? value.flatMap(portsOfNetwork) : staticPortsOf(value),
  );
}

function portsOfNetwork(network: Json): PortText[] {
  const blocks = Object.entries(asObject(asObject(network)?.port) ?? {});
  return blocks.flatMap(([label, bodies]) =>
    (Array.isArray(bodies) ? bodies : []).flatMap((body) => {
      const { static: port, host_network } = asObject(body) ?? {};
      return (typeof port === "number" || typeof port === "string") && host_network === undefined
        ? [{ label, text: String(port) }]
        : [];
    }),
  );
}
