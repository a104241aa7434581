import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import type { Security } from "../security/security";
import type { Topology } from "../topology";
import { ConsulAcl } from "./acl/consulAcl";
import { planTokens } from "./acl/holders";
import { jwksUrl } from "./acl/jwksUrl";
import { TaskIdentities } from "./acl/taskIdentities";
import { ConsulCatalog, isEmpty } from "./catalog";

export interface ConsulContentsArgs {
  readonly topology: Topology;
  readonly security: Security;
  /** What must be there first: servers with a leader. */
  readonly after: readonly pulumi.Resource[];
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** What Consul holds besides its agents: who may do what, and what the stack keeps there. */
export class ConsulContents extends pulumi.ComponentResource {
  /** Depend on these for agents' tokens to work. */
  readonly ready: readonly pulumi.Resource[];
  /** Address of the API that the provider uses. */
  readonly address: pulumi.Output<string>;

  private readonly name: string;
  private readonly args: ConsulContentsArgs;
  private readonly acl?: ConsulAcl;
  private readonly catalog: readonly ConsulCatalog[];
  private provider?: consul.Provider;

  constructor(name: string, args: ConsulContentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:ConsulContents", name, {}, opts);
    this.name = name;
    this.args = args;
    const { topology, security, timeoutSeconds } = args;
    if (security.management) {
      this.acl = new ConsulAcl(
        `${name}-acl`,
        {
          cluster: topology.cluster.name,
          servers: topology.consulServers.map((server) => server.url),
          ca: security.ca,
          managementToken: security.management.consul,
          tokens: planTokens(topology).map((plan) => ({ ...plan, secret: security.token(plan.holder) })),
          timeoutSeconds,
        },
        this.own(),
      );
    }
    const contents = { plan: topology.catalog };
    this.catalog = isEmpty(contents) ? [] : [new ConsulCatalog(`${name}-catalog`, contents, this.own())];

    this.ready = this.acl ? [...args.after, this.acl.ready] : args.after;
    this.address = pulumi.output(this.url().host);
    this.registerOutputs({ address: this.address });
  }

  private url(): URL {
    return new URL(this.args.topology.consulServers[0]?.url ?? "");
  }

  /** Options of what is kept in Consul. The provider is made with the first of these: a sandbox may need none. */
  private own(): pulumi.ComponentResourceOptions {
    const { topology, security, after } = this.args;
    const { host, protocol } = this.url();
    this.provider ??= new consul.Provider(
      `${this.name}-provider`,
      {
        // A known address keeps previews whole; what it depends on keeps it from being used too early.
        address: host,
        scheme: protocol.slice(0, -1),
        datacenter: topology.cluster.datacenter,
        caPem: security.ca,
        token: security.management?.consul,
      },
      { parent: this, dependsOn: [...after] },
    );
    return { parent: this, providers: { consul: this.provider } };
  }

  /**
   * Lets tasks of Nomad have Consul tokens of their own; without ACLs they need none.
   *
   * @param after what must be there first: Nomad's servers
   * @returns what to wait for before tasks run: that, and the keys and intentions that they live by
   */
  letTasksIn(after: readonly pulumi.Resource[]): pulumi.Resource[] {
    const { topology, security } = this.args;
    if (this.acl === undefined || security.management === undefined) {
      return [...this.catalog];
    }
    return [
      ...this.catalog,
      new TaskIdentities(
        `${this.name}-tasks`,
        {
          jwksUrl: jwksUrl(topology),
          access: {
            servers: topology.consulServers.map(({ url }) => url),
            ca: security.ca,
            managementToken: security.management.consul,
          },
          policies: this.taskPolicies(this.acl),
          after,
        },
        this.own(),
      ),
    ];
  }

  /** What tasks may do, by their namespace: that of Fabio's job is for nothing else. */
  private taskPolicies({ policies }: ConsulAcl): Record<string, pulumi.Output<string>> {
    const { catalog, fabioJob } = this.args.topology;
    const ordinary = ["default", ...Object.keys(catalog.namespaces)];
    return {
      ...Object.fromEntries(ordinary.map((namespace) => [namespace, policies.tasks])),
      ...(fabioJob ? { [fabioJob.namespace]: policies.fabio } : {}),
    };
  }
}
