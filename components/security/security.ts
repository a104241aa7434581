import * as pulumi from "@pulumi/pulumi";
import type { SecretFile } from "../hosts/host";
import { tokens } from "../tokens";
import type { SecurityPlan } from "../topology";
import { Authority } from "./authority";
import type { CertificateNames } from "./certificates";
import { tlsNames } from "./files";
import { asGossipKey, asUuid } from "./forms";
import { secretBytes } from "./secret";

export interface SecurityArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly plan: SecurityPlan;
}

/**
 * Every secret of the cluster, generated once and kept in the state before anything uses it: whatever a run is killed
 * at, the next one finds the same.
 */
export class Security extends pulumi.ComponentResource {
  /** Certificate of the cluster's authority, in PEM; absent without TLS. */
  readonly ca?: pulumi.Output<string>;
  /** Gossip keys; absent without gossip encryption. */
  readonly gossip?: { readonly consul: pulumi.Output<string>; readonly nomad: pulumi.Output<string> };
  /** Tokens that may do everything; absent without ACL. */
  readonly management?: { readonly consul: pulumi.Output<string>; readonly nomad: pulumi.Output<string> };

  private readonly name: string;
  private readonly plan: SecurityPlan;
  private readonly authority?: Authority;
  private readonly tokens = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: SecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.security, name, {}, opts);
    this.name = name;
    this.plan = args.plan;
    const own = { parent: this };

    if (args.plan.tls) {
      this.authority = new Authority(`${name}-ca`, { cluster: args.cluster }, own);
      this.ca = this.authority.certificate;
    }
    if (args.plan.gossip) {
      const key = (product: string) => secretBytes(`${name}-${product}-gossip`, 32, own).apply(asGossipKey);
      this.gossip = { consul: key("consul"), nomad: key("nomad") };
    }
    if (args.plan.acl) {
      this.management = { consul: this.token("consul-management"), nomad: this.token("nomad-management") };
    }
    this.registerOutputs({ ca: this.ca, gossip: this.gossip, management: this.management });
  }

  /** The token of that holder, chosen here and made known to Consul or Nomad later: a UUID. */
  token(holder: string): pulumi.Output<string> {
    const token = this.tokens.get(holder) ?? secretBytes(`${this.name}-${holder}`, 16, { parent: this }).apply(asUuid);
    this.tokens.set(holder, token);
    return token;
  }

  /** The token of that holder where there are ACLs, else nothing. */
  tokenIfAcl(holder: string): pulumi.Output<string> | undefined {
    return this.plan.acl ? this.token(holder) : undefined;
  }

  /** Files with which an agent proves who it is; none without TLS. */
  certificateFiles(name: string, names: CertificateNames): SecretFile[] {
    if (this.authority === undefined) {
      return [];
    }
    const { certificate, key } = this.authority.issue(name, names);
    return [
      ...this.authorityFiles(),
      { name: tlsNames.certificate, content: certificate },
      { name: tlsNames.key, content: key },
    ];
  }

  /** File with which an agent tells the cluster from others; none without TLS. */
  authorityFiles(): SecretFile[] {
    return this.ca ? [{ name: tlsNames.ca, content: this.ca }] : [];
  }
}
