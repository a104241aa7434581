import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import type { RunningAgent } from "../hosts/host";
import type { Security } from "../security/security";
import type { Topology } from "../topology";
import { NomadAcl } from "./acl/nomadAcl";
import { isEmpty, NomadCatalog, type NomadCatalogArgs } from "./catalog";

export interface NomadContentsArgs {
  readonly topology: Topology;
  readonly security: Security;
  /** Nomad variables by path. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The servers' agents. */
  readonly servers: readonly RunningAgent[];
  /** What must be there first: servers with a leader and a keyring. */
  readonly after: readonly pulumi.Resource[];
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** What Nomad holds besides its agents and jobs: who may do what, and what the stack keeps there. */
export class NomadContents extends pulumi.ComponentResource {
  /** Depend on these for clients to join and find all that they need. */
  readonly ready: readonly pulumi.Resource[];
  /** URL of the API that the provider uses. */
  readonly address: pulumi.Output<string>;

  private readonly args: NomadContentsArgs;

  constructor(name: string, args: NomadContentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:nomad:NomadContents", name, {}, opts);
    this.args = args;
    const { topology, security, timeoutSeconds } = args;

    const acl = security.management
      ? [
          new NomadAcl(
            `${name}-acl`,
            {
              servers: topology.nomadServers.map(({ url }) => url),
              ca: security.ca,
              managementToken: security.management.nomad,
              agents: args.servers.map(({ id }) => id),
              after: args.after,
              timeoutSeconds,
            },
            { parent: this },
          ).ready,
        ]
      : [];
    const open = [...args.after, ...acl];
    const contents: NomadCatalogArgs = { plan: topology.catalog, variables: args.variables };
    const catalog = isEmpty(contents)
      ? []
      : new NomadCatalog(`${name}-catalog`, contents, {
          parent: this,
          providers: { nomad: this.provider(`${name}-provider`, open) },
        }).ready;

    this.ready = [...open, ...catalog];
    this.address = pulumi.output(topology.nomadServers[0]?.url ?? "");
    this.registerOutputs({ address: this.address });
  }

  /** A provider that waits for something first. */
  provider(name: string, after: readonly pulumi.Resource[]): nomad.Provider {
    const { topology, security } = this.args;
    return new nomad.Provider(
      name,
      {
        // A known address keeps previews of jobs whole; what it depends on keeps it from being used too early.
        address: topology.nomadServers[0]?.url ?? "",
        region: topology.cluster.region,
        caPem: security.ca,
        secretId: security.management?.nomad,
      },
      { parent: this, dependsOn: [...after] },
    );
  }
}
