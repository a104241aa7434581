import * as pulumi from "@pulumi/pulumi";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import type { NomadClientPlan } from "../topology";
import { renderNomadClientConfig } from "./agentConfig";

export interface NomadClientsArgs {
  readonly clients: readonly NomadClientPlan[];
  readonly hosts: Hosts;
  /** What must be there before a client starts: servers with a keyring, and its Consul agent. */
  readonly after: readonly pulumi.Resource[];
}

/** Nomad's clients, all at once. */
export class NomadClients extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** Node names. */
  readonly nodes: pulumi.Output<string[]>;

  constructor(name: string, args: NomadClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:nomad:NomadClients", name, {}, opts);

    this.agents = args.clients.map((plan) =>
      hostOf(args.hosts, plan.host).run(nomadClientAgent(plan), { parent: this, dependsOn: [...args.after] }),
    );
    this.nodes = pulumi.output(args.clients.map(({ host }) => host));
    this.registerOutputs({ nodes: this.nodes });
  }
}

function nomadClientAgent(plan: NomadClientPlan): AgentSpec {
  const file = "/etc/nomad.d/nomad.json";
  return {
    name: "nomad-client",
    image: plan.image,
    command: ["nomad", "agent", `-config=${file}`],
    files: [{ path: file, content: (data) => renderNomadClientConfig(plan, data) }],
    durable: true,
    runsTasks: { label: "com.hashicorp.nomad.node_name", owner: plan.host },
  };
}
