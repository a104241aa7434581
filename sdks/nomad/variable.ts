import * as pulumi from "@pulumi/pulumi";
import { hasPulumiType, requireInput, resourceOptsDefaults, secretInput } from "./utilities";

/** A Nomad variable: a small map of strings at a path, encrypted by the servers, that tasks can read. */
export class Variable extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = "nomad:index/variable:Variable";

  /**
   * Reads a variable that exists and is not managed by this stack.
   *
   * @param name Name of the resource in the stack.
   * @param id `path@namespace`.
   * @param state What is already known of it.
   * @param opts Pulumi's options.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: VariableState,
    opts?: pulumi.CustomResourceOptions,
  ): Variable {
    return new Variable(name, state as VariableArgs, { ...opts, id });
  }

  /** True if the object is a `Variable`, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is Variable {
    return hasPulumiType(obj, Variable.__pulumiType);
  }

  /** The content, secret; see {@link VariableArgs.items}. */
  declare public readonly items: pulumi.Output<{ [key: string]: string } | undefined>;
  /** Never set: what was written is kept out of the state; see {@link VariableArgs.itemsWo}. */
  declare public readonly itemsWo: pulumi.Output<string | undefined>;
  /** Marker of the write-only content; see {@link VariableArgs.itemsWoVersion}. */
  declare public readonly itemsWoVersion: pulumi.Output<number | undefined>;
  /** Namespace; see {@link VariableArgs.namespace}. */
  declare public readonly namespace: pulumi.Output<string | undefined>;
  /** Path of the variable. */
  declare public readonly path: pulumi.Output<string>;

  /**
   * @param name Name of the resource in the stack.
   * @param args What the variable is to be.
   * @param opts Pulumi's options.
   * @throws Error without `path`.
   */
  constructor(name: string, args: VariableArgs, opts?: pulumi.CustomResourceOptions) {
    const lookup = opts?.id !== undefined;
    if (!lookup) requireInput(args, "path", opts ?? {});
    const properties: pulumi.Inputs = {
      items: lookup ? args?.items : secretInput(args?.items),
      itemsWo: lookup ? args?.itemsWo : secretInput(args?.itemsWo),
      itemsWoVersion: args?.itemsWoVersion,
      namespace: args?.namespace,
      path: args?.path,
    };
    const options = pulumi.mergeOptions(
      { ...resourceOptsDefaults(), additionalSecretOutputs: ["items", "itemsWo"] },
      opts,
    );
    super(Variable.__pulumiType, name, properties, options);
  }
}

/** What a {@link Variable} is to be: `items`, or `itemsWo` with `itemsWoVersion`. */
export interface VariableArgs {
  /** The content: strings by name. Secret. Excludes `itemsWo`. */
  items?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** The content as a JSON object of strings, written without being kept in the state. Secret. Needs `itemsWoVersion`. */
  itemsWo?: pulumi.Input<string>;
  /** Raise this number to have a changed `itemsWo` written. */
  itemsWoVersion?: pulumi.Input<number>;
  /** Namespace; a change replaces the variable. @default "default" */
  namespace?: pulumi.Input<string>;
  /** Path, e.g. `nomad/jobs/nginx`; a change replaces the variable. */
  path: pulumi.Input<string>;
}

/** What is known of a variable that {@link Variable.get} looks up. */
export interface VariableState extends Partial<VariableArgs> {}
