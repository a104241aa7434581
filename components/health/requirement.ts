/** A server that is asked about its cluster. */
export interface ServerRef {
  /** Name that the cluster knows it by. */
  readonly name: string;
  /** URL of its HTTP API. */
  readonly url: string;
}

/**
 * What a gate waits for, as plain data: made from the topology, handed to the process that waits. The product of a
 * server is "consul" or "nomad".
 */
export type Requirement =
  /** One server is back: it answers and, once its cluster has a leader, is a healthy voter of it again. */
  | {
      readonly kind: "server-joined";
      readonly product: "consul" | "nomad";
      readonly server: ServerRef;
      readonly peers: readonly ServerRef[];
      /** Whether this server completes the cluster, so that a leader must follow. */
      readonly last: boolean;
    }
  /** Every server agrees on a leader, the voters are exactly these servers, autopilot is healthy. */
  | { readonly kind: "quorum"; readonly product: "consul" | "nomad"; readonly servers: readonly ServerRef[] }
  /** Every one of these members is alive in the gossip of every server. */
  | { readonly kind: "consul-members"; readonly servers: readonly ServerRef[]; readonly members: readonly string[] }
  /** The servers can sign workload identities; clients that register earlier are turned away for 15 s and more. */
  | { readonly kind: "nomad-keyring"; readonly servers: readonly ServerRef[] }
  /**
   * These clients are ready and eligible, with their drivers healthy, and Consul and Vault found; others are this
   * stack's own, which are removed after the gate.
   */
  | {
      readonly kind: "nomad-clients";
      /** Name of the cluster, as its clients' metadata has it. */
      readonly cluster: string;
      readonly servers: readonly ServerRef[];
      readonly clients: readonly { readonly name: string; readonly drivers: readonly string[] }[];
      /** URL of the Vault that each must have found. */
      readonly vault?: string;
    }
  /** Every Fabio is passing in Consul and carries the canary route. */
  | {
      readonly kind: "ingress";
      readonly consul: readonly ServerRef[];
      readonly fabios: readonly { readonly name: string; readonly url: string }[];
      readonly canaryPath: string;
    };

/** What one needs to be answered by a cluster that is locked. */
export interface Access {
  /** Certificate of the cluster's authority, in PEM. */
  readonly ca?: string;
  readonly consulToken?: string;
  readonly nomadToken?: string;
}

/** What the waiting process is told. */
export interface GateRequest {
  /** What waits, for people: "Consul server sandbox". */
  readonly title: string;
  /** Seconds after which it gives up. */
  readonly timeoutSeconds: number;
  readonly requirements: readonly Requirement[];
  readonly access?: Access;
}
