import * as pulumi from "@pulumi/pulumi";
import { version } from "./package.json";

/** The version of the `nomad` plugin that resources of this package ask the engine for. */
export function getVersion(): string {
  return version;
}

/** Options every resource of this package starts from; a caller's own options win. */
export function resourceOptsDefaults(): pulumi.CustomResourceOptions {
  return { version: getVersion() };
}

/**
 * Marks an input as secret and leaves an absent one absent.
 *
 * An empty string counts as absent, as it does in the published SDK.
 */
export function secretInput<T>(value: pulumi.Input<T> | undefined): pulumi.Input<T> | undefined {
  return value ? (pulumi.secret(value) as pulumi.Output<T>) : undefined;
}

/** Throws what the published SDK throws when a required argument is missing. */
export function requireInput(args: object | undefined, property: string, opts: pulumi.ResourceOptions): void {
  const value = (args as Record<string, unknown> | undefined)?.[property];
  if (value === undefined && !opts.urn) throw new Error(`Missing required property '${property}'`);
}

/** True for an object that was made by this class, also when another copy of the SDK made it. */
export function hasPulumiType(obj: unknown, type: string): boolean {
  if (obj === undefined || obj === null) return false;
  return (obj as { __pulumiType?: unknown }).__pulumiType === type;
}
