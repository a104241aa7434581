import { fabioAgents, type Topology } from "../../topology";
import { holderOf } from "./holderNames";
import type { TokenPlan } from "./tokens";

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
