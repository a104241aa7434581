import * as pulumi from "@pulumi/pulumi";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import type { Security } from "../security/security";
import { tokens } from "../tokens";
import type { NomadClientPlan } from "../topology";
import { nomadClientFiles } from "./agentConfig";
import { clientSecretFiles } from "./secretFiles";

export interface NomadClientsArgs {
  readonly clients: readonly NomadClientPlan[];
  readonly hosts: Hosts;
  readonly security: Security;
  /** What must be there before a client starts: servers with a keyring, and its Consul agent. */
  readonly after: readonly pulumi.Resource[];
}

/** Nomad's clients, all at once. */
export class NomadClients extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** Node names. */
  readonly nodes: pulumi.Output<string[]>;

  constructor(name: string, args: NomadClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.nomadClients, name, {}, opts);

    this.agents = args.clients.map((plan) =>
      hostOf(args.hosts, plan.host).run(nomadClientAgent(plan, args.security), {
        parent: this,
        dependsOn: [...args.after],
      }),
    );
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
