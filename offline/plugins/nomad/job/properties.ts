import { property, type Values, type ValuesOf } from "../../kit/definition";

const { boolean, integer, list, map, object, string } = property;

/** Inputs of nomad.Job. Defaults are those of the Terraform schema, which the bridge records in `__defaults`. */
export const jobInputs = {
  deregisterOnDestroy: boolean({ default: true }),
  deregisterOnIdChange: boolean({ default: true }),
  detach: boolean({ default: true }),
  hcl2: object({ allowFs: boolean({ default: false }), vars: map(string()) }),
  jobspec: string({ required: true }),
  json: boolean(),
  policyOverride: boolean(),
  preserveCounts: boolean({ default: false }),
  purgeOnDestroy: boolean(),
  // Deprecated: the bridge records no defaults for such properties.
  readAllocationIds: boolean(),
  rerunIfDead: boolean({ default: false }),
};
export type JobInputs = ValuesOf<typeof jobInputs>;

/** Outputs of nomad.Job that are not inputs. */
export const jobOutputs = {
  allAtOnce: boolean(),
  allocationIds: list(string()),
  constraints: list(object({})),
  createIndex: integer(),
  datacenters: list(string()),
  deploymentId: string(),
  deploymentStatus: string(),
  modifyIndex: string(),
  name: string(),
  namespace: string(),
  parentId: string(),
  periodicConfigs: list(object({})),
  priority: integer(),
  region: string(),
  stable: boolean(),
  status: string(),
  statusDescription: string(),
  stop: boolean(),
  submitTime: string(),
  taskGroups: list(object({})),
  type: string(),
  updateStrategies: list(object({})),
  version: integer(),
};

/** The `hcl2` block as the bridge stores it: complete, and null where the program gave none. */
export function storedHcl2(hcl2: JobInputs["hcl2"]): Values | null {
  return hcl2 ? { allowFs: hcl2.allowFs ?? false, vars: hcl2.vars ?? {} } : null;
}
