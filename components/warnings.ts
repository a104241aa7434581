import { jwksUrl } from "./consul/acl/jwksUrl";
import type { HostPlan } from "./hosts/plan";
import type { Topology } from "./topology";

/** What a person should know about a stack that works but is weaker than it could be. Shown at every run. */
export function warningsOf(topology: Topology): string[] {
  const { cluster, hosts } = topology;
  // On loopback, a sandbox is open to those alone who are on its machine already.
  const reachable = !cluster.sandbox || hosts.some(({ loopback }) => !loopback);
  return [
    ...(reachable ? openings(topology) : []),
    ...(cluster.sandbox ? [] : singlePoints(topology)),
    ...topology.hosts.flatMap(unchecked),
    ...(topology.fabios.length === 0 ? ["No host has the role ingress: no Fabio runs, and no route leads in."] : []),
  ];
}

/** What was turned off, and what follows from it. */
function openings({ cluster, nomadClients }: Topology): string[] {
  const { tls, acl, gossip } = cluster.security;
  const off = (what: string, setting: string, so: string) =>
    `Cluster ${cluster.name} runs without ${what} (${cluster.sandbox ? "cluster.sandbox" : setting}): ${so}`;
  const raw = nomadClients.filter(({ drivers }) => drivers.includes("raw_exec")).map(({ host }) => host);
  return [
    ...(tls
      ? []
      : [off("TLS", "security.tls", "whoever is on its network reads and changes what agents say, tokens too.")]),
    ...(acl ? [] : [off("ACLs", "security.acl", "whoever reaches its ports owns it.")]),
    ...(gossip ? [] : [off("gossip encryption", "security.gossip", "whoever reaches its gossip ports can join it.")]),
    ...(raw.length > 0
      ? [`The driver raw_exec is on at ${raw.join(", ")}: whoever may run jobs there is root on that machine.`]
      : []),
  ];
}

function singlePoints(topology: Topology): string[] {
  const { fabios, cluster, nomadServers } = topology;
  const apart = cluster.security.acl && new URL(jwksUrl(topology)).hostname !== "127.0.0.1";
  return [
    ...(fabios.length === 1
      ? [`Fabio runs on ${fabios[0]?.host} alone: when that host is away, nothing is reached.`]
      : []),
    ...(apart
      ? [
          `Consul asks ${nomadServers[0]?.host} alone for the keys of tasks' identities, because not every Consul server has ` +
            "a Nomad server beside it: while that host is away, new tasks get no Consul tokens.",
        ]
      : []),
  ];
}

function unchecked({ name, substrate }: HostPlan): string[] {
  const { ssh } = substrate;
  return [
    ...(ssh && ssh.hostKey === undefined ? [name] : []),
    ...(ssh?.bastion && ssh.bastion.hostKey === undefined ? [`the bastion of ${name}`] : []),
  ].map(
    (who) =>
      `The SSH host key of ${who} is not checked (insecureIgnoreHostKey): whoever answers in its place gets its secrets.`,
  );
}
