import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../components/config/parse";
import type { DockerSubstrate, HostPlan } from "../../components/hosts/plan";
import type { JobSource } from "../../components/jobs/jobFile";
import { readJobSources } from "../../components/jobs/read";
import { planStack, type StackPlan } from "../../components/stack";
import { paths, root, stackFile } from "./paths";

/** A stack's name with the plan that Pulumi will carry out for it. */
export interface Stack extends StackPlan {
  readonly name: string;
}

/** Name of the stack that the command is about: `STACK=`, else `dev`. */
export function stackName(): string {
  return process.env.STACK || "dev";
}

/** Reads a stack's file and plans it, exactly as the program does. Throws with every problem at once. */
export async function readStack(name = stackName()): Promise<Stack> {
  return plannedFrom(name, await readJobSources(paths.jobs));
}

/** The same without the jobs, which take longer to read than all the rest: their problems are not found. */
export async function readClusterOf(name: string): Promise<Stack> {
  return plannedFrom(name, undefined);
}

async function plannedFrom(name: string, sources: readonly JobSource[] | undefined): Promise<Stack> {
  const file = `Pulumi.${name}.yaml`;
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || !existsSync(stackFile(name))) {
    throw new Error(
      `There is no stack ${JSON.stringify(name)}: expected a file ${file} beside Pulumi.yaml. Stacks with one: ` +
        `${stackNames().join(", ") || "none"}.`,
    );
  }
  const content = parseFile(file, await readFile(stackFile(name), "utf8"));
  const raw = Object.entries(content?.config ?? {}).flatMap(([key, value]) =>
    key.startsWith("hashistack:") ? [[key.slice("hashistack:".length), withoutSecrets(value)]] : [],
  );
  const read = (path: string) => readFileSync(resolve(root, path), "utf8");
  const parsed = parseConfig(Object.fromEntries(raw));
  const chosen = sources ? parsed : { ...parsed, chosenJobs: {} };
  return { name, ...(await planStack(chosen, sources ?? [], read)) };
}

/** Names of the stacks that have a file. */
function stackNames(): string[] {
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

function parseFile(file: string, text: string): { config?: Record<string, unknown> } | null {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file} is no YAML: ${(error as Error).message.trim()}`);
  }
}

/** What stands in for an encrypted value: only Pulumi has the passphrase's key, and no plan shows a secret anyway. */
const concealed = "-----BEGIN ENCRYPTED VALUE-----\n";

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0]?.[0] === "secure"
    ? concealed
    : Object.fromEntries(entries.map(([key, item]) => [key, withoutSecrets(item)]));
}

/** Every image that the stack's hosts and tasks run. */
export function imagesOf(stack: Stack): string[] {
  const { consulServers, consulClients, nomadServers, nomadClients, fabios } = stack.topology;
  const agents = [consulServers, consulClients, nomadServers, nomadClients, fabios].flat().map(({ image }) => image);
  return [...new Set([...agents, ...stack.jobs.flatMap(({ images }) => images)])].sort();
}

/** A host whose agents run in containers. */
export type DockerHostPlan = HostPlan & { readonly substrate: DockerSubstrate };

/** Hosts whose agents run on this machine's own Docker engine. */
export function localHosts(stack: Stack): DockerHostPlan[] {
  return stack.topology.hosts.filter(
    (host): host is DockerHostPlan => host.substrate.kind === "docker" && host.substrate.endpoint.startsWith("unix:"),
  );
}

/** Whether agents run on this machine's own Docker engine. */
export function usesLocalEngine(stack: Stack): boolean {
  return localHosts(stack).length > 0;
}

/** Whether one must show something to be answered by the stack's servers. */
export function isLocked({ topology }: Stack): boolean {
  const { tls, acl } = topology.cluster.security;
  return tls || acl;
}
