import { defaultsKey } from "./check";
import type { PackageDefinition } from "./definition";
import { withoutDefaults } from "./outputs";
import { equal, reveal } from "./secrets";
import type { Properties, Property, Shape } from "./shape";
import { isList, isMap, Secret, type Value, type Values } from "./values";

/**
 * Inputs after a bridged plugin read a resource: the old ones with what is really there. An import has no old inputs;
 * then it is everything a program would have to say, less what is the default anyway.
 */
export function extractInputs(
  olds: Values,
  state: Values,
  properties: Properties,
  style: PackageDefinition["style"] = "bridged",
): Values {
  if (Object.keys(olds).length > 0) return refreshObject(olds, state, properties);
  const inputs = importInputs(state, properties, style === "bridged");
  return style === "bridged" ? inputs : withoutDefaults(inputs);
}

function refreshObject(olds: Values, state: Values, properties: Properties): Values {
  const inputs: { [name: string]: Value } = {};
  const changedDefaults = new Set<string>();
  const defaults = olds[defaultsKey];
  for (const [name, old] of Object.entries(olds)) {
    if (name === defaultsKey || old === undefined) continue;
    const live = state[name];
    if (live === undefined || live === null) {
      // Absent and zero are the same to Terraform: what was given as zero stays as it was given.
      if (isZero(reveal(old))) inputs[name] = old;
      continue;
    }
    const shape = properties[name];
    const value = refreshValue(old, live, shape);
    inputs[name] = value;
    if (isList(defaults) && defaults.includes(name) && !equal(reveal(value), reveal(old))) changedDefaults.add(name);
  }
  if (isList(defaults)) inputs[defaultsKey] = defaults.filter((name) => !changedDefaults.has(String(name)));
  return inputs;
}

function refreshValue(old: Value, live: Value, shape: (Shape & Partial<Property>) | undefined): Value {
  if (old instanceof Secret) return new Secret(refreshValue(old.value, reveal(live), shape));
  const plain = reveal(live);
  if (shape?.same?.(old, plain)) return old;
  if (shape?.kind === "object" && isMap(old) && isMap(plain)) {
    return refreshObject(old, plain, shape.properties) as Value;
  }
  if (shape?.kind === "list" && isList(old) && isList(plain)) {
    return plain.map((item, i) =>
      old[i] === undefined ? imported(item, shape.of) : refreshValue(old[i], item, shape.of),
    );
  }
  return equal(old, plain) ? old : plain;
}

/** @param tidy leave out what is the default anyway; a framework provider does not tell its bridge what that is. */
function importInputs(state: Values, properties: Properties, tidy = true): Values {
  const inputs: { [name: string]: Value } = { [defaultsKey]: [] };
  for (const [name, shape] of Object.entries(properties)) {
    const value = reveal(state[name] ?? null);
    if (value === null || isZero(value)) continue;
    if (tidy && shape.default !== undefined && equal(value, shape.default as Value)) continue;
    inputs[name] = imported(value, shape);
  }
  return inputs;
}

function imported(value: Value, shape: Shape): Value {
  if (shape.kind === "object" && isMap(value)) return importInputs(value, shape.properties) as Value;
  if (shape.kind === "list" && isList(value)) return value.map((item) => imported(item, shape.of));
  return value;
}

function isZero(value: Value): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  return isList(value) ? value.length === 0 : isMap(value) && Object.keys(value).every((key) => key.startsWith("__"));
}
