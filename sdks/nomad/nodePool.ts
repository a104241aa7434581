import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { hasPulumiType, resourceOptsDefaults } from "./utilities";

/** A node pool: nodes that only run jobs which ask for the pool. The pools `default` and `all` are built in. */
export class NodePool extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = "nomad:index/nodePool:NodePool";

  /**
   * Reads a node pool that exists and is not managed by this stack.
   *
   * @param name Name of the resource in the stack.
   * @param id Name of the node pool in Nomad.
   * @param state What is already known of it.
   * @param opts Pulumi's options.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: NodePoolState,
    opts?: pulumi.CustomResourceOptions,
  ): NodePool {
    return new NodePool(name, state, { ...opts, id });
  }

  /** True if the object is a `NodePool`, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is NodePool {
    return hasPulumiType(obj, NodePool.__pulumiType);
  }

  /** Text for people; see {@link NodePoolArgs.description}. */
  declare public readonly description: pulumi.Output<string | undefined>;
  /** Metadata; see {@link NodePoolArgs.meta}. */
  declare public readonly meta: pulumi.Output<{ [key: string]: string } | undefined>;
  /** Name of the node pool in Nomad. */
  declare public readonly name: pulumi.Output<string>;
  /** Lifetime of node identities, as a Go duration; the server fills it in (24 hours) if it was not given. */
  declare public readonly nodeIdentityTtl: pulumi.Output<string>;
  /** How jobs are placed; see {@link NodePoolArgs.schedulerConfig}. */
  declare public readonly schedulerConfig: pulumi.Output<outputs.NodePoolSchedulerConfig | undefined>;

  /**
   * @param name Name of the resource in the stack.
   * @param args What the node pool is to be.
   * @param opts Pulumi's options.
   */
  constructor(name: string, args?: NodePoolArgs, opts?: pulumi.CustomResourceOptions) {
    const given: NodePoolState | undefined = args;
    const properties: pulumi.Inputs = {
      description: given?.description,
      meta: given?.meta,
      name: given?.name,
      nodeIdentityTtl: given?.nodeIdentityTtl,
      schedulerConfig: given?.schedulerConfig,
    };
    super(NodePool.__pulumiType, name, properties, pulumi.mergeOptions(resourceOptsDefaults(), opts));
  }
}

/** What a {@link NodePool} is to be. */
export interface NodePoolArgs {
  /** Text for people. @default "" */
  description?: pulumi.Input<string>;
  /** Metadata: strings by name. @default none */
  meta?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Name in Nomad; a change replaces the pool. @default the resource's name and a random suffix */
  name?: pulumi.Input<string>;
  /** Lifetime of the identities issued to nodes of the pool, as a Go duration, e.g. `24h`. @default the server's, 24 hours */
  nodeIdentityTtl?: pulumi.Input<string>;
  /** How jobs are placed in the pool (Nomad Enterprise). @default the cluster's setting */
  schedulerConfig?: pulumi.Input<inputs.NodePoolSchedulerConfig>;
}

/** What is known of a node pool that {@link NodePool.get} looks up. */
export interface NodePoolState extends NodePoolArgs {}
