import { canaryName } from "../../fabio/canary";

/** A Consul ACL policy: what a token may do, as little as its holder needs. */
export interface PolicyPlan {
  readonly description: string;
  /** In Consul's policy language. */
  readonly rules: string;
}

/** Names of nodes and services are no secret among the cluster's own agents: all need them to find each other. */
const lookUp = `node_prefix "" { policy = "read" }
service_prefix "" { policy = "read" }
`;

/** Where the keys lie that tasks may read. */
export const jobKeys = "jobs/";

/** Policies of the cluster's own agents and tasks, by the last part of their names. */
export const policies = {
  "nomad-server": {
    description: "Nomad servers: find Consul, and register themselves",
    rules: `agent_prefix "" { policy = "read" }
${lookUp}service "nomad" { policy = "write" }
`,
  },
  // A task's token has ended with it: taking its services out of Consul is left to the client.
  "nomad-client": {
    description: "Nomad clients: find Consul, register themselves, and take services of ended tasks out",
    rules: `agent_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
service_prefix "" { policy = "write" }
`,
  },
  // https://fabiolb.net/ref/registry.consul.token/ and the issue fabiolb/fabio#667
  fabio: {
    description: "Fabio: read routes and health, and register itself",
    rules: `agent_prefix "" { policy = "read" }
${lookUp}service "fabio" { policy = "write" }
key_prefix "fabio/" { policy = "read" }
`,
  },
  canary: {
    description: "Consul agents beside Fabio: register the canary service",
    rules: `service "${canaryName}" { policy = "write" }
`,
  },
  dns: {
    description: "Names ending in .consul, for whoever asks on the agent's own machine",
    rules: `${lookUp}query_prefix "" { policy = "read" }
`,
  },
  tasks: {
    description: `Nomad tasks: find services, read the keys below ${jobKeys}`,
    rules: `${lookUp}key_prefix "${jobKeys}" { policy = "read" }
`,
  },
} as const satisfies Record<string, PolicyPlan>;

export type PolicyName = keyof typeof policies;
