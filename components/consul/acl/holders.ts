import { fabioAgents, type Topology } from "../../topology";
import type { TokenPlan } from "./tokens";

/** Holders of the tokens that agents show to Consul, by the agent. */
export const holderOf = {
  consul: (host: string) => `${host}-consul`,
  nomadServer: (host: string) => `${host}-nomad-server`,
  nomadClient: (host: string) => `${host}-nomad-client`,
  fabio: (host: string) => `${host}-fabio`,
  /** One for all: what it may do is the same everywhere, and little. */
  dns: "dns",
} as const;

/** Every token of the cluster's own agents, each with as little as its agent needs. */
export function planTokens(topology: Topology): TokenPlan[] {
  const { consulServers, consulClients, nomadServers, nomadClients } = topology;
  return [
    { holder: holderOf.dns, policies: ["dns"] },
    ...[...consulServers, ...consulClients].map(
      ({ host, datacenter, canaryPort }): TokenPlan => ({
        holder: holderOf.consul(host),
        policies: canaryPort === undefined ? [] : ["canary"],
        node: { name: host, datacenter },
      }),
    ),
    ...nomadServers.map(({ host }): TokenPlan => ({ holder: holderOf.nomadServer(host), policies: ["nomad-server"] })),
    ...nomadClients.map(({ host }): TokenPlan => ({ holder: holderOf.nomadClient(host), policies: ["nomad-client"] })),
    ...fabioAgents(topology).map(({ host }): TokenPlan => ({ holder: holderOf.fabio(host), policies: ["fabio"] })),
  ];
}
