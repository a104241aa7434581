import type { PackageDefinition, ResourceDefinition } from "./definition";
import { mapValues } from "./secrets";
import type { Values } from "./values";

/** Inputs as a framework provider plans them: what the program leaves out has its default. Others fill them in in Check. */
export function completed(definition: ResourceDefinition, style: PackageDefinition["style"], inputs: Values): Values {
  if (style !== "framework") return inputs;
  const defaults = mapValues(definition.inputs as unknown as Values, (shape) => (shape as Values).default);
  const all = { ...defaults, ...inputs };
  return definition.complete?.(all) ?? all;
}
