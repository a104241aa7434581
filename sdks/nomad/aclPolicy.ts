import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { hasPulumiType, requireInput, resourceOptsDefaults } from "./utilities";

/** An ACL policy: what a token, or a job's own identity, may do. */
export class AclPolicy extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = "nomad:index/aclPolicy:AclPolicy";

  /**
   * Reads a policy that exists and is not managed by this stack.
   *
   * @param name Name of the resource in the stack.
   * @param id Name of the policy in Nomad.
   * @param state What is already known of it.
   * @param opts Pulumi's options.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: AclPolicyState,
    opts?: pulumi.CustomResourceOptions,
  ): AclPolicy {
    return new AclPolicy(name, state as AclPolicyArgs, { ...opts, id });
  }

  /** True if the object is an `AclPolicy`, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is AclPolicy {
    return hasPulumiType(obj, AclPolicy.__pulumiType);
  }

  /** Text for people; see {@link AclPolicyArgs.description}. */
  declare public readonly description: pulumi.Output<string | undefined>;
  /** The workload the policy is attached to; see {@link AclPolicyArgs.jobAcl}. */
  declare public readonly jobAcl: pulumi.Output<outputs.AclPolicyJobAcl | undefined>;
  /** Name of the policy in Nomad. */
  declare public readonly name: pulumi.Output<string>;
  /** The rules; see {@link AclPolicyArgs.rulesHcl}. */
  declare public readonly rulesHcl: pulumi.Output<string>;

  /**
   * @param name Name of the resource in the stack.
   * @param args What the policy is to be.
   * @param opts Pulumi's options.
   * @throws Error without `rulesHcl`.
   */
  constructor(name: string, args: AclPolicyArgs, opts?: pulumi.CustomResourceOptions) {
    if (!opts?.id) requireInput(args, "rulesHcl", opts ?? {});
    const given: AclPolicyState | undefined = args;
    const properties: pulumi.Inputs = {
      description: given?.description,
      jobAcl: given?.jobAcl,
      name: given?.name,
      rulesHcl: given?.rulesHcl,
    };
    super(AclPolicy.__pulumiType, name, properties, pulumi.mergeOptions(resourceOptsDefaults(), opts));
  }
}

/** What an {@link AclPolicy} is to be. */
export interface AclPolicyArgs {
  /** Text for people. @default "" */
  description?: pulumi.Input<string>;
  /** Attaches the policy to the identity of a job, group or task. @default to nothing: tokens name the policy */
  jobAcl?: pulumi.Input<inputs.AclPolicyJobAcl>;
  /** Name in Nomad; a change replaces the policy. @default the resource's name and a random suffix */
  name?: pulumi.Input<string>;
  /** The rules, as HCL or JSON. */
  rulesHcl: pulumi.Input<string>;
}

/** What is known of a policy that {@link AclPolicy.get} looks up. */
export interface AclPolicyState extends Partial<AclPolicyArgs> {}
