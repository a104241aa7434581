import { canaryPath } from "../fabio/canary";
import { serverRefs, type Topology } from "../topology";
import type { Requirement } from "./requirement";

/** What the whole cluster must be before jobs are registered; without Fabio, where that is a job itself. */
export function clusterRequirements(topology: Topology): Requirement[] {
  const consul = serverRefs(topology.consulServers);
  const nomadServers = serverRefs(topology.nomadServers);
  const vault = topology.nomadClients[0]?.vault;
  return [
    { kind: "quorum", product: "consul", servers: consul },
    {
      kind: "consul-members",
      servers: consul,
      members: [...topology.consulServers, ...topology.consulClients].map(({ host }) => host),
    },
    { kind: "quorum", product: "nomad", servers: nomadServers },
    {
      kind: "nomad-clients",
      cluster: topology.cluster.name,
      servers: nomadServers,
      clients: topology.nomadClients.map(({ host, drivers }) => ({ name: host, drivers })),
      ...(vault ? { vault: vault.address } : {}),
    },
    ...(topology.fabioJob ? [] : [ingressRequirement(topology)]),
  ];
}

/** What every Fabio must be before jobs are registered. */
export function ingressRequirement({ consulServers, fabios }: Topology): Requirement {
  return {
    kind: "ingress",
    consul: serverRefs(consulServers),
    fabios: fabios.map(({ host, url }) => ({ name: host, url })),
    canaryPath,
  };
}
