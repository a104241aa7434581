import type { NomadClientPlan } from "../../components/topology";
import type { PortWish, PreflightPlan } from "../preflight";
import { localHosts, type Stack } from "./stack";

/** What the stack will ask of this machine. */
export function preflightPlan(stack: Stack): PreflightPlan {
  const { consulServers, consulClients, nomadServers, nomadClients, fabios, cluster } = stack.topology;
  const here = new Set(localHosts(stack).map(({ name }) => name));
  const local = <T extends { host: string }>(agents: readonly T[]) => agents.filter(({ host }) => here.has(host));
  const ports = [
    ...local([...consulServers, ...consulClients]).flatMap(({ ports: p, address, server, security }) => [
      { port: security.tls ? p.https : p.http, address, purpose: "Consul API and UI" },
      ...both({ port: p.dns, address, purpose: "Consul DNS" }),
      ...both({ port: p.serfLan, address, purpose: "Consul gossip" }),
      ...(server ? [{ port: p.server, address, purpose: "Consul RPC" }] : []),
    ]),
    ...local(nomadServers).flatMap(({ ports: p, address }) => [
      { port: p.http, address, purpose: "Nomad HTTP and UI" },
      { port: p.rpc, address, purpose: "Nomad RPC" },
      ...both({ port: p.serf, address, purpose: "Nomad gossip" }),
    ]),
    ...local(nomadClients).map(({ ports: p, address }) => ({ port: p.http, address, purpose: "Nomad client HTTP" })),
    ...local(fabios).flatMap(({ ports: p, address, certificate }) => [
      { port: p.proxy, address, purpose: "Fabio proxy" },
      { port: p.ui, address: "127.0.0.1", purpose: "Fabio UI" },
      { port: p.metrics, address: "127.0.0.1", purpose: "Fabio metrics" },
      ...(certificate ? [{ port: p.tls, address, purpose: "Fabio HTTPS proxy" }] : []),
    ]),
  ];
  return {
    ports: [...ports, ...taskPorts(stack, local(nomadClients))],
    // Tasks carry no label of the cluster's, only their node's name.
    ownTaskLabels: local(nomadClients).map(({ host }) => `com.hashicorp.nomad.node_name=${host}`),
    ownLabel: `hashistack.cluster=${cluster.name}`,
    dockerVersion: "20.10.0",
    diskGib: 4,
    memoryMib: 1024,
    runsTasks: nomadClients.some(({ host }) => here.has(host)),
  };
}

/** Static ports of jobs, where this machine's clients would give them out. */
function taskPorts({ topology, jobs }: Stack, clients: readonly NomadClientPlan[]): PortWish[] {
  // Nomad knows nothing of what others hold: it may place a task here although there is room elsewhere.
  const elsewhere = topology.nomadClients.length > clients.length;
  return clients.flatMap(({ address }) =>
    jobs.flatMap(({ id, staticPorts }) =>
      staticPorts.map(({ label, port }): PortWish => {
        const purpose = `port ${label} of the job ${id}`;
        return { port, address, purpose, ...(elsewhere ? { severity: "warning" as const } : {}) };
      }),
    ),
  );
}

function both(wish: PortWish): PortWish[] {
  return [wish, { ...wish, protocol: "udp" }];
}
