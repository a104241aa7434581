import type { Topology } from "./topology";

/** What a person should know about a stack that works but is weaker than it could be. Shown at every run. */
export function warningsOf(topology: Topology): string[] {
  const { cluster, fabios } = topology;
  return [
    ...(cluster.sandbox
      ? []
      : [
          `Cluster ${cluster.name} runs without TLS, ACLs and gossip encryption (security.unprotected): ` +
            "whoever reaches its ports owns it.",
        ]),
    ...(!cluster.sandbox && fabios.length === 1
      ? [`Fabio runs on ${fabios[0]?.host} alone: when that host is away, nothing is reached.`]
      : []),
    ...(fabios.length === 0 ? ["No host has the role ingress: no Fabio runs, and no route leads in."] : []),
  ];
}
