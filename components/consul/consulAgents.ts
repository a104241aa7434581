import * as pulumi from "@pulumi/pulumi";
import type { Access } from "../health/requirement";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import type { Security } from "../security/security";
import { startServers } from "../servers";
import { tokens } from "../tokens";
import type { ConsulAgentPlan } from "../topology";
import { consulFiles } from "./agentConfig";
import { forgetsHost } from "./forget/forgetsHost";
import { consulSecretFiles } from "./secretFiles";

export interface ConsulServersArgs {
  readonly servers: readonly ConsulAgentPlan[];
  readonly hosts: Hosts;
  readonly security: Security;
  /** Whether Pulumi refuses to delete what holds a server's data. */
  readonly protect: boolean;
  /** What the gates show to the servers. */
  readonly access?: pulumi.Output<Access>;
  /** Seconds that each gate waits. */
  readonly timeoutSeconds: number;
}

/** Consul's servers, started, and later replaced, one after the other. */
export class ConsulServers extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** Depend on these to start once Consul has a leader. */
  readonly ready: readonly pulumi.Resource[];
  /** URLs of the servers' APIs. */
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: ConsulServersArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.consulServers, name, {}, opts);

    const { agents, ready } = startServers(this, {
      product: "consul",
      servers: args.servers,
      agentOf: (plan) => consulAgent(plan, args.security),
      protect: args.protect,
      hosts: args.hosts,
      access: args.access,
      timeoutSeconds: args.timeoutSeconds,
    });

    this.agents = agents;
    this.ready = ready;
    this.urls = pulumi.output(args.servers.map(({ url }) => url));
    this.registerOutputs({ urls: this.urls });
  }
}

export interface ConsulClientsArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  /** URLs of Consul's servers. */
  readonly servers: readonly string[];
  /** Agents on the hosts that carry no server. */
  readonly clients: readonly ConsulAgentPlan[];
  readonly hosts: Hosts;
  readonly security: Security;
  /** What must be there before a client starts: servers with a leader that know its token. */
  readonly after: readonly pulumi.Resource[];
}

/** A Consul agent on every host that carries no server, all at once. */
export class ConsulClients extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** The same by the name of their host. */
  readonly byHost: ReadonlyMap<string, RunningAgent>;
  /** Node names. */
  readonly nodes: pulumi.Output<string[]>;

  constructor(name: string, args: ConsulClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.consulClients, name, {}, opts);

    const { cluster, servers, security, hosts, after } = args;
    this.byHost = new Map(
      args.clients.map((plan) => {
        const { host } = plan;
        const forget = forgetsHost({ cluster, host, servers, security }, { parent: this, dependsOn: [...after] });
        const dependsOn = [...after, forget];
        return [host, hostOf(hosts, host).run(consulAgent(plan, security), { parent: this, dependsOn })];
      }),
    );
    this.agents = [...this.byHost.values()];
    this.nodes = pulumi.output(args.clients.map(({ host }) => host));
    this.registerOutputs({ nodes: this.nodes });
  }
}

function consulAgent(plan: ConsulAgentPlan, security: Security): AgentSpec {
  return {
    name: plan.server ? "consul-server" : "consul-client",
    product: "consul",
    version: plan.version,
    image: plan.image,
    arguments: ({ configuration }) => ["agent", `-config-dir=${configuration}`],
    validate: (configuration) => ["validate", configuration],
    files: consulFiles(plan),
    secretFiles: consulSecretFiles(plan, security),
    durable: true,
  };
}
