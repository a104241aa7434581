import { aliveIn } from "../consul/members";
import { type NodeStub, nodesUp } from "../nomad/nodes";
import { clusterMeta } from "../tokens";
import { type Ask, bodyOf, type Condition, firstUnmet, met, unmet, type Verdict } from "./condition";
import type { Requirement, ServerRef } from "./requirement";

/** See the requirement "consul-members". */
export function consulMembers(requirement: Extract<Requirement, { kind: "consul-members" }>): Condition {
  const { servers, members } = requirement;
  return {
    name: "every planned Consul agent is alive",
    evaluate: (ask) => firstUnmet(servers.map((server) => () => membersAlive(ask, server, members))),
  };
}

async function membersAlive(ask: Ask, server: ServerRef, members: readonly string[]): Promise<Verdict> {
  const url = `${server.url}/v1/agent/members`;
  const result = bodyOf(url, await ask(url));
  if ("met" in result) {
    return result;
  }
  const alive = new Set(aliveIn(result.body));
  const missing = members.filter((name) => !alive.has(name));
  return missing.length === 0
    ? met
    : unmet(
        `consul server ${server.name} does not see ${some(missing)} alive among its ${(result.body as unknown[]).length} members`,
      );
}

/** See the requirement "nomad-keyring". */
export function nomadKeyring(requirement: Extract<Requirement, { kind: "nomad-keyring" }>): Condition {
  return {
    name: "the Nomad servers have their keyring",
    evaluate: (ask) =>
      firstUnmet(
        requirement.servers.map((server) => async () => {
          const url = `${server.url}/.well-known/jwks.json`;
          const result = bodyOf(url, await ask(url));
          if ("met" in result) {
            return result;
          }
          const keys = (result.body as { keys?: unknown[] } | null)?.keys ?? [];
          return keys.length > 0 ? met : unmet(`nomad server ${server.name} has no key in its keyring yet`);
        }),
      ),
  };
}

/** See the requirement "nomad-clients". */
export function nomadClients(requirement: Extract<Requirement, { kind: "nomad-clients" }>): Condition {
  const { servers } = requirement;
  return {
    name: "exactly the planned Nomad clients are ready, with their drivers",
    // The servers share one state: any one's answer holds for all.
    evaluate: (ask) => (servers[0] === undefined ? Promise.resolve(met) : nodesReady(ask, servers[0], requirement)),
  };
}

async function nodesReady(
  ask: Ask,
  server: ServerRef,
  { cluster, clients, vault }: Extract<Requirement, { kind: "nomad-clients" }>,
): Promise<Verdict> {
  const url = `${server.url}/v1/nodes`;
  const result = bodyOf(url, await ask(url));
  if ("met" in result) {
    return result;
  }
  // A node that is down is what an earlier life of a client leaves behind until Nomad forgets it.
  const nodes = nodesUp(result.body);
  const byName = new Map(nodes.map((node) => [node.Name, node]));
  const planned = new Set(clients.map(({ name }) => name));
  const extra = nodes.filter(({ Name }) => !planned.has(Name));
  const own = await Promise.all(extra.map((node) => belongsTo(ask, server, node, cluster)));
  const foreign = extra.filter((_, index) => !own[index]).map(({ Name }) => Name);
  if (foreign.length > 0) {
    return unmet(`nomad has clients that are not of this stack: ${some(foreign)}`);
  }
  const missing = clients.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    return unmet(`nomad does not know client ${some(missing)} yet`);
  }
  for (const { name, drivers } of clients) {
    const node = byName.get(name) as NodeStub;
    const verdict = nodeReady(node, drivers);
    if (!verdict.met) {
      return verdict;
    }
  }
  return firstUnmet(
    clients.map(
      ({ name }) =>
        () =>
          neighboursFound(ask, server, byName.get(name) as NodeStub, vault),
    ),
  );
}

/** Whether a client was this stack's before it was taken out of it: the engine removes it after the gate. */
async function belongsTo(ask: Ask, server: ServerRef, { ID }: NodeStub, cluster: string): Promise<boolean> {
  if (typeof ID !== "string") {
    return false;
  }
  const url = `${server.url}/v1/node/${ID}`;
  const result = bodyOf(url, await ask(url));
  return "body" in result && (result.body as { Meta?: Record<string, string> | null }).Meta?.[clusterMeta] === cluster;
}

function nodeReady(node: NodeStub, drivers: readonly string[]): Verdict {
  if (node.Status !== "ready") {
    return unmet(`nomad client ${node.Name} is ${node.Status}`);
  }
  if (node.Drain) {
    return unmet(`nomad client ${node.Name} is draining; end that with: nomad node drain -disable ${node.ID}`);
  }
  if (node.SchedulingEligibility !== "eligible") {
    return unmet(
      `nomad client ${node.Name} is ${node.SchedulingEligibility}; allow it with: nomad node eligibility -enable ${node.ID}`,
    );
  }
  for (const driver of drivers) {
    const state = node.Drivers?.[driver];
    if (!state?.Detected || !state.Healthy) {
      const why = state?.HealthDescription || (state?.Detected ? "unhealthy" : "not detected");
      return unmet(`nomad client ${node.Name} does not offer the driver ${driver}: ${why}`);
    }
  }
  return met;
}

/** Jobs with services are not placed on a node that has not found Consul, those that ask for Vault on none without. */
async function neighboursFound(
  ask: Ask,
  server: ServerRef,
  node: NodeStub,
  vault: string | undefined,
): Promise<Verdict> {
  const url = `${server.url}/v1/node/${node.ID}`;
  const result = bodyOf(url, await ask(url));
  if ("met" in result) {
    return result;
  }
  const attributes = (result.body as { Attributes?: Record<string, string> }).Attributes ?? {};
  if (!attributes["consul.version"]) {
    return unmet(`nomad client ${node.Name} has not found its Consul agent yet`);
  }
  return vault === undefined || attributes["vault.version"]
    ? met
    : unmet(`nomad client ${node.Name} has not found Vault at ${vault}: it must be reachable from there, and unsealed`);
}

/** See the requirement "ingress". */
export function ingress(requirement: Extract<Requirement, { kind: "ingress" }>): Condition[] {
  const { consul, fabios, canaryPath } = requirement;
  const [server] = consul;
  return [
    {
      name: "every Fabio is passing in Consul",
      evaluate: async (ask) => (server === undefined ? met : fabiosPassing(ask, server, fabios)),
    },
    {
      name: "every Fabio carries the canary route",
      evaluate: (ask) =>
        firstUnmet(
          fabios.map(({ url }) => async () => {
            const canary = `${url}${canaryPath}`;
            const result = bodyOf(canary, await ask(canary));
            return "met" in result ? result : met;
          }),
        ),
    },
  ];
}

interface ServiceEntry {
  readonly Node: { readonly Node: string };
  readonly Checks: readonly { readonly Name: string; readonly Status: string; readonly Output: string }[];
}

async function fabiosPassing(ask: Ask, server: ServerRef, fabios: readonly { name: string }[]): Promise<Verdict> {
  const url = `${server.url}/v1/health/service/fabio`;
  const result = bodyOf(url, await ask(url));
  if ("met" in result) {
    return result;
  }
  const entries = result.body as readonly ServiceEntry[];
  for (const { name } of fabios) {
    const own = entries.filter(({ Node }) => Node.Node === name);
    if (own.length === 0) {
      return unmet(`fabio on ${name} has not registered in Consul yet`);
    }
    const failing = own.flatMap(({ Checks }) => Checks).find(({ Status }) => Status !== "passing");
    if (failing !== undefined) {
      const output = failing.Output.trim().slice(0, 200);
      return unmet(`fabio on ${name}: check "${failing.Name}" is ${failing.Status}${output ? `: ${output}` : ""}`);
    }
  }
  return met;
}

/** The first few of many names. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
