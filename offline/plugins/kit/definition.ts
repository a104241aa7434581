import type { Properties, ValuesOf } from "./shape";
import type { Values } from "./values";

export type { Properties, Property, PropertyOptions, Shape, ValuesOf } from "./shape";
export { property } from "./shape";
export type { Value, Values } from "./values";
export { Archive, Asset, Secret, UNKNOWN, Unknown } from "./values";

export type Severity = "debug" | "info" | "warning" | "error";

/** What a handler may use besides its values. */
export interface Context<Config = unknown> {
  /** Unique name of the resource; empty for functions. */
  readonly urn: string;
  /** Name that the program gave the resource (the last part of its URN). */
  readonly name: string;
  /** What the package's `configure` returned. */
  readonly config: Config;
  /** Aborted when the engine cancels the run or the plugin is told to stop. Pass it on, and stop soon. */
  readonly signal: AbortSignal;
  /** Milliseconds the program allows for this step (customTimeouts), or undefined where it says nothing. */
  readonly timeoutMs: number | undefined;
  /** Shows a message to the person, under the resource. */
  log(severity: Severity, message: string): void;
  /** Shows a passing message in the resource's line of the progress display; it is not kept. */
  status(message: string): void;
}

/** One reason why an input is refused, shown as `<resource>: <reason> (property <property>)`. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/**
 * One entry of a detailed diff. Its path is Pulumi's: `ports[0].internal`, `labels["a.b"]`.
 * `inputDiff` says that it compares old inputs with new ones instead of the old state with new inputs.
 */
export interface Change {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces?: boolean;
  readonly inputDiff?: boolean;
}

export interface DiffResult {
  readonly changes: readonly Change[];
  /** Default: the resource's `deleteBeforeReplace`, or the rule of auto-named properties. */
  readonly deleteBeforeReplace?: boolean;
}

/** What create, read and update hand back. */
export interface Outcome {
  /**
   * Properties of the state. The kit starts from the inputs (every input is also an output of the same name) and
   * lets these win; a property given as `undefined` is left out, `null` is stored as null.
   * Whatever was a secret input stays a secret in the output of the same name.
   */
  readonly outputs: Values;
}
export interface Created extends Outcome {
  readonly id: string;
}
export interface ReadResult extends Created {
  /** Inputs that a program would have had to give: used for import and refresh. Default: the old inputs. */
  readonly inputs?: Values;
}

/**
 * Thrown by create, update and read when the resource exists but did not come up: the engine then stores it, says why,
 * and tries an update in the next run. Any other error means that the step changed nothing worth remembering.
 */
export class InitializationError extends Error {
  constructor(
    readonly partial: Created & { readonly inputs?: Values },
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
    this.name = "InitializationError";
  }
}

/** Old and new side, as `diff` and `update` see them. `state` holds the old outputs. */
export interface Before<I> {
  readonly id: string;
  readonly inputs: I;
  readonly state: Values;
}

/**
 * A resource type. Handlers get plain values: secrets are unwrapped, and `create`, `update`, `read` and `delete`
 * meet no unknowns (the kit answers previews itself).
 */
export interface ResourceDefinition<I extends Properties = Properties, Config = unknown> {
  /** `docker:index/container:Container` */
  readonly token: string;
  readonly inputs: I;
  /** Outputs that are not inputs: unknown in previews of a creation. `secret` makes them secret. */
  readonly outputs?: Properties;
  /**
   * Input properties of the official plugin that this one leaves out, with what to say instead of the usual
   * "the stand-in does not support". Properties that are named nowhere are refused as well.
   */
  readonly refused?: { readonly [name: string]: string };
  /** Paths such as `connection.host` of what errors may show, although what it stands in is a secret. */
  readonly shown?: readonly string[];
  /** Whether it can be imported. Default: where there is a `read`, and in `inferred` packages. */
  readonly imports?: boolean;
  /** Replace by deleting first, whatever changed. */
  readonly deleteBeforeReplace?: boolean;
  /** Version of the Terraform schema, stored in `__meta` by bridged packages (0 and undefined store none). */
  readonly schemaVersion?: number;
  /** The provider's own time limits in seconds, stored in `__meta` by bridged packages that have them. */
  readonly timeouts?: { readonly create?: number; readonly update?: number; readonly delete?: number };
  /**
   * Further checks and defaults, after the kit's own. `news` may hold `UNKNOWN`; `olds` are the old checked inputs.
   * Return the inputs to go on with and what is wrong with them.
   */
  readonly check?: (
    news: Values,
    olds: Values | undefined,
    context: Context<Config>,
  ) => CheckResult | Promise<CheckResult>;

  /** Inputs that follow from others, once the defaults are in (`framework` packages). Values may be unknown or secret. */
  readonly complete?: (inputs: Values) => Values;

  /** Replaces the kit's diff. `compare()` computes the kit's, to add to it or to filter it. */
  readonly diff?: (
    before: Before<Values>,
    news: Values,
    context: Context<Config>,
    compare: () => DiffResult,
  ) => DiffResult | Promise<DiffResult>;

  /**
   * Outputs as far as a preview can tell; `UNKNOWN` for the rest. `before` is undefined for a creation.
   * Default for a creation: the inputs, everything in `outputs` and every absent `computed` input unknown.
   * Default for an update: `inferred` packages: as for a creation; `bridged` ones: the old state with the new inputs.
   */
  readonly plan?: (
    before: Before<Values> | undefined,
    news: Values,
    context: Context<Config>,
  ) => Outcome | Promise<Outcome>;

  readonly create: (inputs: ValuesOf<I>, context: Context<Config>) => Promise<Created>;
  /**
   * Looks at what is really there. Return undefined where it is gone. For an import `before.inputs` is empty.
   * Default: the old state and inputs, unchanged.
   */
  readonly read?: (before: Before<Partial<ValuesOf<I>>>, context: Context<Config>) => Promise<ReadResult | undefined>;
  /** Without it every change replaces. */
  readonly update?: (before: Before<ValuesOf<I>>, inputs: ValuesOf<I>, context: Context<Config>) => Promise<Outcome>;
  /** Must succeed when the thing is already gone. Default: nothing to do. */
  readonly delete?: (before: Before<ValuesOf<I>>, context: Context<Config>) => Promise<void>;
}

export interface CheckResult {
  readonly inputs: Values;
  readonly failures?: readonly Failure[];
}

/** A function of the package (`docker:index/getNetwork:getNetwork`). */
export interface FunctionDefinition<I extends Properties = Properties, Config = unknown> {
  readonly token: string;
  readonly inputs: I;
  readonly invoke: (inputs: ValuesOf<I>, context: Context<Config>) => Promise<Values>;
}

/** A whole plugin. */
export interface PackageDefinition<C extends Properties = Properties, Config = unknown> {
  /** `docker` */
  readonly name: string;
  /** Version it says it has, without a leading `v`. Default, and better: that of the npm package it is bundled for. */
  readonly version?: string;
  /**
   * How the official plugin is made, because Check and Diff differ:
   * - `bridged` (docker, nomad, consul; Terraform bridge): `__defaults` at every level of the inputs, `__meta` in the
   *   state, Diff compares the old *state* with the new inputs, zero values equal absent ones;
   * - `framework` (random, tls; the bridge over Terraform's plugin framework): inputs stay as the program gave them and
   *   defaults are the state's affair, Diff compares the old state with the completed inputs exactly and tells
   *   the names of properties only;
   * - `inferred` (command; pulumi-go-provider): Diff compares the old and new inputs exactly.
   */
  readonly style: "bridged" | "framework" | "inferred";
  /** Properties of the provider resource and of `pulumi config set <package>:…`. */
  readonly config: C;
  /** Makes what handlers find in `context.config`. Called lazily, once; throw to say what is wrong. */
  readonly configure: (config: ValuesOf<C>, context: { readonly signal: AbortSignal }) => Config | Promise<Config>;
  // biome-ignore lint/suspicious/noExplicitAny: each resource has its own input types
  readonly resources: readonly ResourceDefinition<any, Config>[];
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own input types
  readonly functions?: readonly FunctionDefinition<any, Config>[];
  /** Ends what `configure` opened. Called once before the plugin exits. */
  readonly close?: () => void | Promise<void>;
}

/** Infers the types of a resource's inputs for its handlers. */
export function defineResource<Config>() {
  return <const I extends Properties>(definition: ResourceDefinition<I, Config>): ResourceDefinition<I, Config> =>
    definition;
}

/** Infers the types of a function's inputs for its handler. */
export function defineFunction<Config>() {
  return <const I extends Properties>(definition: FunctionDefinition<I, Config>): FunctionDefinition<I, Config> =>
    definition;
}

/** Infers the types of the provider's configuration. */
export function definePackage<const C extends Properties, Config>(
  definition: PackageDefinition<C, Config>,
): PackageDefinition<C, Config> {
  return definition;
}
