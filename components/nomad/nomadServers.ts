import * as pulumi from "@pulumi/pulumi";
import type { Access } from "../health/requirement";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import type { Hosts } from "../hosts/hosts";
import type { Security } from "../security/security";
import { startServers } from "../servers";
import { tokens } from "../tokens";
import { type NomadServerPlan, serverRefs } from "../topology";
import { nomadServerFiles } from "./agentConfig";
import { serverSecretFiles } from "./secretFiles";

export interface NomadServersArgs {
  readonly servers: readonly NomadServerPlan[];
  readonly hosts: Hosts;
  readonly security: Security;
  /** Whether Pulumi refuses to delete what holds a server's data. */
  readonly protect: boolean;
  /** What the gates show to the servers. */
  readonly access?: pulumi.Output<Access>;
  /** What must be there before the first server starts: Consul on its machine, and its token where it needs one. */
  readonly after: readonly pulumi.Resource[];
  /** Seconds that each gate waits. */
  readonly timeoutSeconds: number;
}

/** Nomad's servers, started, and later replaced, one after the other. */
export class NomadServers extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** Depend on these to start once Nomad has a leader and a keyring. */
  readonly ready: readonly pulumi.Resource[];
  /** URLs of the servers' HTTP APIs. */
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: NomadServersArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.nomadServers, name, {}, opts);

    const { agents, ready } = startServers(this, {
      product: "nomad",
      servers: args.servers,
      agentOf: (plan) => nomadServerAgent(plan, args.security),
      access: args.access,
      protect: args.protect,
      hosts: args.hosts,
      after: args.after,
      timeoutSeconds: args.timeoutSeconds,
      // A client that registers before there is a key is turned away, and comes back only after 15 to 30 s.
      whenComplete: [{ kind: "nomad-keyring", servers: serverRefs(args.servers) }],
    });

    this.agents = agents;
    this.ready = ready;
    this.urls = pulumi.output(args.servers.map(({ url }) => url));
    this.registerOutputs({ urls: this.urls });
  }
}

function nomadServerAgent(plan: NomadServerPlan, security: Security): AgentSpec {
  return {
    name: "nomad-server",
    product: "nomad",
    version: plan.version,
    image: plan.image,
    arguments: ({ configuration }) => ["agent", `-config=${configuration}`],
    validate: (configuration) => ["config", "validate", configuration],
    files: nomadServerFiles(plan),
    secretFiles: serverSecretFiles(plan, security),
    durable: true,
  };
}
