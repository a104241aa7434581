import * as pulumi from "@pulumi/pulumi";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import type { Security } from "../security/security";
import { tokens } from "../tokens";
import type { NomadClientPlan } from "../topology";
import { nomadClientFiles } from "./agentConfig";
import { drainsClient } from "./drain/drainsClient";
import { clientSecretFiles } from "./secretFiles";

export interface NomadClientsArgs {
  readonly clients: readonly NomadClientPlan[];
  readonly hosts: Hosts;
  readonly security: Security;
  /** What must be there before a client starts: servers with a keyring. */
  readonly after: readonly pulumi.Resource[];
  /** Consul's agents by host: a client starts after its own, and goes before it. */
  readonly consulAgents: ReadonlyMap<string, RunningAgent>;
  /** URLs of Nomad's servers. */
  readonly servers: readonly string[];
}

/** Nomad's clients, all at once. */
export class NomadClients extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** What empties clients before they go. What clients serve depends on these, so that it goes before. */
  readonly drains: readonly pulumi.Resource[];
  /** Node names. */
  readonly nodes: pulumi.Output<string[]>;

  constructor(name: string, args: NomadClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.nomadClients, name, {}, opts);

    const { hosts, security, servers, after, consulAgents } = args;
    const made = args.clients.map((client) => {
      const consul = consulAgents.get(client.host);
      const agent = hostOf(hosts, client.host).run(nomadClientAgent(client, security), {
        parent: this,
        dependsOn: [...after, ...(consul ? [consul.resource] : [])],
      });
      const drain = drainsClient({ client, servers, security }, { parent: this, dependsOn: [agent.resource] });
      return { agent, drain };
    });
    this.agents = made.map(({ agent }) => agent);
    this.drains = made.flatMap(({ drain }) => drain ?? []);
    this.nodes = pulumi.output(args.clients.map(({ host }) => host));
    this.registerOutputs({ nodes: this.nodes });
  }
}

function nomadClientAgent(plan: NomadClientPlan, security: Security): AgentSpec {
  return {
    name: "nomad-client",
    product: "nomad",
    version: plan.version,
    image: plan.image,
    arguments: ({ configuration }) => ["agent", `-config=${configuration}`],
    validate: (configuration) => ["config", "validate", configuration],
    files: nomadClientFiles(plan),
    secretFiles: clientSecretFiles(plan, security),
    durable: true,
    runsTasks: { label: "com.hashicorp.nomad.node_name", owner: plan.host, drivers: plan.drivers },
  };
}
