import * as pulumi from "@pulumi/pulumi";

/** What the options depend on, with more to it. */
export function dependingOn(
  before: pulumi.CustomResourceOptions["dependsOn"],
  ...more: pulumi.Resource[]
): pulumi.CustomResourceOptions["dependsOn"] {
  if (before === undefined) return more;
  if (Array.isArray(before)) return [...before, ...more];
  if (pulumi.Resource.isInstance(before)) return [before, ...more];
  return pulumi
    .output(before as pulumi.Input<pulumi.Resource | pulumi.Resource[]>)
    .apply((resources) => [...[resources].flat(), ...more] as pulumi.Resource[]);
}
