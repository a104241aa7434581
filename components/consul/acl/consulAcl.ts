import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { type AgentToken, AgentTokens } from "./agentTokens";
import { type PolicyName, type PolicyPlan, policies } from "./policies";
import { policyName } from "./tokens";

export interface ConsulAclArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  /** URLs of Consul's servers. */
  readonly servers: readonly string[];
  readonly ca?: pulumi.Output<string>;
  readonly managementToken: pulumi.Output<string>;
  /** Tokens of all agents. */
  readonly tokens: readonly AgentToken[];
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** Who may do what in Consul: policies, and the tokens of the cluster's own agents. */
export class ConsulAcl extends pulumi.ComponentResource {
  /** Ids of the policies, by what they are for: roles take no names. */
  readonly policies: Readonly<Record<PolicyName, pulumi.Output<string>>>;
  /** Depend on this for the agents' tokens to work. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: ConsulAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:ConsulAcl", name, {}, opts);

    const plans = Object.entries(policies) as [PolicyName, PolicyPlan][];
    const made = plans.map(([policy, { description, rules }]): [PolicyName, consul.AclPolicy] => [
      policy,
      new consul.AclPolicy(
        `${name}-${policy}`,
        { name: policyName(policy), description, rules },
        // Tokens name it: a second one beside it cannot have its name.
        { parent: this, deleteBeforeReplace: true },
      ),
    ]);
    const tokens = new AgentTokens(
      `${name}-tokens`,
      {
        cluster: args.cluster,
        servers: args.servers,
        ca: args.ca,
        managementToken: args.managementToken,
        tokens: args.tokens,
        after: made.map(([, policy]) => policy),
        timeoutSeconds: args.timeoutSeconds,
      },
      { parent: this },
    );

    this.policies = Object.fromEntries(made.map(([policy, { id }]) => [policy, id])) as ConsulAcl["policies"];
    this.ready = tokens.kept;
    this.registerOutputs({ policies: this.policies });
  }
}
