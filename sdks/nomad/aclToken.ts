import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { hasPulumiType, requireInput, resourceOptsDefaults } from "./utilities";

/** An ACL token. Nomad chooses its accessor and its secret. */
export class AclToken extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = "nomad:index/aclToken:AclToken";

  /**
   * Reads a token that exists and is not managed by this stack.
   *
   * @param name Name of the resource in the stack.
   * @param id Accessor ID of the token.
   * @param state What is already known of it.
   * @param opts Pulumi's options.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: AclTokenState,
    opts?: pulumi.CustomResourceOptions,
  ): AclToken {
    return new AclToken(name, state as AclTokenArgs, { ...opts, id });
  }

  /** True if the object is an `AclToken`, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is AclToken {
    return hasPulumiType(obj, AclToken.__pulumiType);
  }

  /** Public name of the token: safe to log, of no use by itself. Also the resource's ID. */
  declare public readonly accessorId: pulumi.Output<string>;
  /** When the token was made, as Nomad writes it. */
  declare public readonly createTime: pulumi.Output<string>;
  /** When the token ends, as Nomad writes it; empty for one that does not. */
  declare public readonly expirationTime: pulumi.Output<string>;
  /** Lifetime; see {@link AclTokenArgs.expirationTtl}. */
  declare public readonly expirationTtl: pulumi.Output<string | undefined>;
  /** Whether every region knows the token; see {@link AclTokenArgs.global}. */
  declare public readonly global: pulumi.Output<boolean | undefined>;
  /** Name for people. */
  declare public readonly name: pulumi.Output<string>;
  /** Policies; see {@link AclTokenArgs.policies}. */
  declare public readonly policies: pulumi.Output<string[] | undefined>;
  /** Roles; see {@link AclTokenArgs.roles}. */
  declare public readonly roles: pulumi.Output<outputs.AclTokenRole[] | undefined>;
  /** The token itself, as it is sent to Nomad. Secret. */
  declare public readonly secretId: pulumi.Output<string>;
  /** Kind of token; see {@link AclTokenArgs.type}. */
  declare public readonly type: pulumi.Output<string>;

  /**
   * @param name Name of the resource in the stack.
   * @param args What the token is to be.
   * @param opts Pulumi's options.
   * @throws Error without `type`.
   */
  constructor(name: string, args: AclTokenArgs, opts?: pulumi.CustomResourceOptions) {
    const known: AclTokenState | undefined = opts?.id ? args : undefined;
    if (!opts?.id) requireInput(args, "type", opts ?? {});
    const properties: pulumi.Inputs = {
      expirationTtl: args?.expirationTtl,
      global: args?.global,
      name: args?.name,
      policies: args?.policies,
      roles: args?.roles,
      type: args?.type,
      accessorId: known?.accessorId,
      createTime: known?.createTime,
      expirationTime: known?.expirationTime,
      secretId: known?.secretId,
    };
    const options = pulumi.mergeOptions({ ...resourceOptsDefaults(), additionalSecretOutputs: ["secretId"] }, opts);
    super(AclToken.__pulumiType, name, properties, options);
  }
}

/** What an {@link AclToken} is to be. */
export interface AclTokenArgs {
  /** Lifetime as a Go duration, e.g. `1h`; a change replaces the token. @default none: it does not end */
  expirationTtl?: pulumi.Input<string>;
  /** Whether every region knows the token, or only the one it was made in. @default false */
  global?: pulumi.Input<boolean>;
  /** Name for people. @default the resource's name and a random suffix */
  name?: pulumi.Input<string>;
  /** Names of policies; for tokens of type `client` only. They need not exist yet. @default none */
  policies?: pulumi.Input<pulumi.Input<string>[]>;
  /** Roles; for tokens of type `client` only. @default none */
  roles?: pulumi.Input<pulumi.Input<inputs.AclTokenRole>[]>;
  /** `client`, limited by its policies and roles, or `management`, which may do anything. */
  type: pulumi.Input<string>;
}

/** What is known of a token that {@link AclToken.get} looks up. */
export interface AclTokenState extends Partial<AclTokenArgs> {
  /** Public name of the token. */
  accessorId?: pulumi.Input<string>;
  /** When the token was made. */
  createTime?: pulumi.Input<string>;
  /** When the token ends. */
  expirationTime?: pulumi.Input<string>;
  /** The token itself. */
  secretId?: pulumi.Input<string>;
}
