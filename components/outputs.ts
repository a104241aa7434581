import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import type { JobSet } from "./jobs/jobSet";
import type { Topology } from "./topology";

/** What `pulumi stack output` shows: where a person finds what runs. */
export interface StackOutputs {
  readonly consulUi: string;
  readonly nomadUi: string;
  /** Where jobs' routes are served. */
  readonly ingress: readonly string[];
  /** Fabio's own UI, on loopback of each ingress host. */
  readonly fabioUi: string;
  readonly hosts: readonly string[];
  /** Deployment status of each job. */
  readonly jobs: pulumi.Output<Record<string, string>>;
  readonly healthy: pulumi.Output<string>;
  /** Certificate of the cluster's authority, in PEM: what browsers and CLIs need to trust it. */
  readonly ca?: pulumi.Output<string>;
  /** Token that may do everything in Consul: a secret. */
  readonly consulToken?: pulumi.Output<string>;
  /** Token that may do everything in Nomad: a secret. */
  readonly nomadToken?: pulumi.Output<string>;
}

export function stackOutputs(topology: Topology, cluster: Cluster, jobSet: JobSet): StackOutputs {
  const { ca, management } = cluster.security;
  return {
    consulUi: `${topology.consulServers[0]?.url}/ui`,
    nomadUi: `${topology.nomadServers[0]?.url}/ui`,
    ingress: topology.fabios.map(({ url }) => url),
    fabioUi: topology.fabios[0]?.uiUrl ?? "",
    hosts: topology.hosts.map(({ name }) => name),
    jobs: jobSet.statuses,
    healthy: cluster.healthy,
    ...(ca ? { ca } : {}),
    ...(management
      ? { consulToken: pulumi.secret(management.consul), nomadToken: pulumi.secret(management.nomad) }
      : {}),
  };
}
