import * as pulumi from "@pulumi/pulumi";
import { runProcess } from "../../process";
import type { TokenPlan, TokenRequest } from "./tokens";

export interface AgentTokensArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  /** URLs of Consul's servers. */
  readonly servers: readonly string[];
  readonly ca?: pulumi.Output<string>;
  readonly managementToken: pulumi.Output<string>;
  readonly tokens: readonly AgentToken[];
  /** Ids of the policies that the tokens name: a token loses one that is made anew. */
  readonly policies: readonly pulumi.Input<string>[];
  /** What must be there first: those policies. */
  readonly after: readonly pulumi.Resource[];
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** A planned token, with the secret that was chosen for it. */
export interface AgentToken extends TokenPlan {
  readonly secret: pulumi.Output<string>;
}

/**
 * Tokens of the cluster's agents in Consul, with secrets that are chosen here. Not `consul.AclToken`: that lets Consul
 * choose, so an agent could not be configured before, nor a preview be made without asking Consul.
 */
export class AgentTokens extends pulumi.ComponentResource {
  /** Depend on this for the tokens to be known to Consul. */
  readonly kept: pulumi.Resource;
  /** What Consul holds. */
  readonly summary: pulumi.Output<string>;

  constructor(name: string, args: AgentTokensArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:AgentTokens", name, {}, opts);

    const { cluster, servers, timeoutSeconds } = args;
    const keep = runProcess(
      `${name}-keep`,
      {
        program: "components/consul/acl/main.ts",
        request: pulumi
          .all([args.managementToken, pulumi.output(args.ca), pulumi.all(args.tokens.map(({ secret }) => secret))])
          .apply(
            ([managementToken, ca, secrets]): TokenRequest => ({
              cluster,
              servers,
              ca,
              managementToken,
              timeoutSeconds,
              tokens: args.tokens.map((token, index) => ({ ...token, secret: secrets[index] as string })),
            }),
          ),
        limitSeconds: timeoutSeconds + 60,
        triggers: args.policies,
      },
      { parent: this, dependsOn: [...args.after] },
    );
    this.kept = keep;
    this.summary = keep.stdout;
    this.registerOutputs({ summary: this.summary });
  }
}
