import * as pulumi from "@pulumi/pulumi";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import { startServers } from "../servers";
import type { ConsulAgentPlan } from "../topology";
import { renderConsulConfig } from "./agentConfig";

export interface ConsulClusterArgs {
  readonly servers: readonly ConsulAgentPlan[];
  /** Agents on the hosts that carry no server. */
  readonly clients: readonly ConsulAgentPlan[];
  readonly hosts: Hosts;
  /** Seconds that each gate waits. */
  readonly timeoutSeconds: number;
}

/** Consul: servers that are started, and later replaced, one after the other, then an agent on every other host. */
export class ConsulCluster extends pulumi.ComponentResource {
  /** Every agent, servers first. */
  readonly agents: readonly RunningAgent[];
  /** Depend on these to start once Consul has a leader. */
  readonly ready: readonly pulumi.Resource[];
  /** URLs of the servers' HTTP APIs. */
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: ConsulClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:ConsulCluster", name, {}, opts);

    const servers = startServers(this, {
      product: "consul",
      servers: args.servers,
      agentOf: consulAgent,
      hosts: args.hosts,
      timeoutSeconds: args.timeoutSeconds,
    });
    const clients = args.clients.map((plan) =>
      hostOf(args.hosts, plan.host).run(consulAgent(plan), { parent: this, dependsOn: [...servers.ready] }),
    );

    this.agents = [...servers.agents, ...clients];
    this.ready = [...servers.ready, ...clients.map(({ resource }) => resource)];
    this.urls = pulumi.output(args.servers.map(({ url }) => url));
    this.registerOutputs({ urls: this.urls });
  }
}

function consulAgent(plan: ConsulAgentPlan): AgentSpec {
  const file = "/etc/consul.d/consul.json";
  return {
    name: plan.server ? "consul-server" : "consul-client",
    image: plan.image,
    command: ["consul", "agent", `-config-file=${file}`],
    files: [{ path: file, content: (data) => renderConsulConfig(plan, data) }],
    durable: true,
  };
}
