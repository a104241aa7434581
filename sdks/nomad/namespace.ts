import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { hasPulumiType, resourceOptsDefaults } from "./utilities";

/**
 * A namespace of jobs, their variables and their policies.
 *
 * The namespace `default` always exists: destroying a resource with that name resets it instead of deleting it.
 */
export class Namespace extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = "nomad:index/namespace:Namespace";

  /**
   * Reads a namespace that exists and is not managed by this stack.
   *
   * @param name Name of the resource in the stack.
   * @param id Name of the namespace in Nomad.
   * @param state What is already known of it.
   * @param opts Pulumi's options.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: NamespaceState,
    opts?: pulumi.CustomResourceOptions,
  ): Namespace {
    return new Namespace(name, state, { ...opts, id });
  }

  /** True if the object is a `Namespace`, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is Namespace {
    return hasPulumiType(obj, Namespace.__pulumiType);
  }

  /** What jobs may use; see {@link NamespaceArgs.capabilities}. */
  declare public readonly capabilities: pulumi.Output<outputs.NamespaceCapabilities | undefined>;
  /** Consul clusters that jobs may use; the server fills in what was not given. */
  declare public readonly consulConfig: pulumi.Output<outputs.NamespaceConsulConfig>;
  /** Text for people; see {@link NamespaceArgs.description}. */
  declare public readonly description: pulumi.Output<string | undefined>;
  /** Metadata; see {@link NamespaceArgs.meta}. */
  declare public readonly meta: pulumi.Output<{ [key: string]: string } | undefined>;
  /** Name of the namespace in Nomad. */
  declare public readonly name: pulumi.Output<string>;
  /** Node pools that jobs may use; the server fills in what was not given. */
  declare public readonly nodePoolConfig: pulumi.Output<outputs.NamespaceNodePoolConfig>;
  /** Quota; see {@link NamespaceArgs.quota}. */
  declare public readonly quota: pulumi.Output<string | undefined>;
  /** Vault clusters that jobs may use; the server fills in what was not given. */
  declare public readonly vaultConfig: pulumi.Output<outputs.NamespaceVaultConfig>;

  /**
   * @param name Name of the resource in the stack.
   * @param args What the namespace is to be.
   * @param opts Pulumi's options.
   */
  constructor(name: string, args?: NamespaceArgs, opts?: pulumi.CustomResourceOptions) {
    const given: NamespaceState | undefined = args;
    const properties: pulumi.Inputs = {
      capabilities: given?.capabilities,
      consulConfig: given?.consulConfig,
      description: given?.description,
      meta: given?.meta,
      name: given?.name,
      nodePoolConfig: given?.nodePoolConfig,
      quota: given?.quota,
      vaultConfig: given?.vaultConfig,
    };
    super(Namespace.__pulumiType, name, properties, pulumi.mergeOptions(resourceOptsDefaults(), opts));
  }
}

/** What a {@link Namespace} is to be. */
export interface NamespaceArgs {
  /** Task drivers and network modes that jobs may use. @default all that nodes offer */
  capabilities?: pulumi.Input<inputs.NamespaceCapabilities>;
  /** Consul clusters that jobs may use (Nomad Enterprise). @default the server's */
  consulConfig?: pulumi.Input<inputs.NamespaceConsulConfig>;
  /** Text for people. @default "" */
  description?: pulumi.Input<string>;
  /** Metadata: strings by name. @default none */
  meta?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Name in Nomad; a change replaces the namespace. @default the resource's name and a random suffix */
  name?: pulumi.Input<string>;
  /** Node pools that jobs may use (Nomad Enterprise). @default the server's */
  nodePoolConfig?: pulumi.Input<inputs.NamespaceNodePoolConfig>;
  /** Name of the resource quota (Nomad Enterprise). @default "" (none) */
  quota?: pulumi.Input<string>;
  /** Vault clusters that jobs may use (Nomad Enterprise). @default the server's */
  vaultConfig?: pulumi.Input<inputs.NamespaceVaultConfig>;
}

/** What is known of a namespace that {@link Namespace.get} looks up. */
export interface NamespaceState extends NamespaceArgs {}
