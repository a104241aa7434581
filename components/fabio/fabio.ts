import type * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import type { Gate } from "../health/gate";
import type { Access } from "../health/requirement";
import type { AgentSpec, RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import type { Security } from "../security/security";
import { tokens } from "../tokens";
import { type FabioPlan, fabioAgents, type Topology } from "../topology";
import { FabioJob } from "./fabioJob";
import { renderFabioProperties } from "./properties";
import { fabioSecrets, type IngressCertificate } from "./secretFiles";

export interface FabioArgs {
  readonly topology: Topology;
  readonly hosts: Hosts;
  readonly security: Security;
  /** What a gate shows to the servers. */
  readonly access?: pulumi.Output<Access>;
  /** Of the HTTPS proxy; absent where there is none. */
  readonly certificate?: IngressCertificate;
  /** What must be there before an agent starts: Consul, with a leader. */
  readonly after: readonly pulumi.Resource[];
}

/** Fabio on every ingress host: HTTP in, to whatever service asks Consul for a route. */
export class Fabio extends pulumi.ComponentResource {
  /** Those that run as agents of their hosts; none where Fabio is a job. */
  readonly agents: readonly RunningAgent[];
  /** URLs of the proxies. */
  readonly urls: pulumi.Output<string[]>;

  private readonly name: string;
  private readonly args: FabioArgs;

  constructor(name: string, args: FabioArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.fabio, name, {}, opts);
    this.name = name;
    this.args = args;

    this.agents = fabioAgents(args.topology).map((plan) =>
      hostOf(args.hosts, plan.host).run(fabioAgent(plan, args), { parent: this, dependsOn: [...args.after] }),
    );
    this.urls = pulumi.output(args.topology.fabios.map(({ url }) => url));
    this.registerOutputs({ urls: this.urls });
  }

  /**
   * Registers the job, where Fabio is one.
   *
   * @param provider waits for Nomad's clients
   * @param agents ids of the cluster's agents
   * @returns the gate behind which every ingress host is served
   */
  registerJob(provider: () => nomad.Provider, agents: readonly pulumi.Input<string>[]): Gate | undefined {
    const { topology, security, access, certificate } = this.args;
    return (
      topology.fabioJob &&
      new FabioJob(
        `${this.name}-nomad`,
        { plan: topology.fabioJob, topology, security, access, certificate, agents },
        { parent: this, providers: { nomad: provider() } },
      ).gate
    );
  }
}

function fabioAgent(plan: FabioPlan, { security, certificate }: FabioArgs): AgentSpec {
  const file = "fabio.properties";
  return {
    name: "fabio",
    product: "fabio",
    version: plan.version,
    image: plan.image,
    // Settings in a file: arguments can be read by anyone on the machine.
    arguments: ({ configuration }) => ["-cfg", `${configuration}/${file}`],
    files: [{ name: file, content: ({ configuration }) => renderFabioProperties(plan, configuration) }],
    ...fabioSecrets(plan, security, certificate),
    durable: false,
  };
}
