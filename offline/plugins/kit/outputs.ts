import { defaultsKey } from "./check";
import type { PackageDefinition, ResourceDefinition } from "./definition";
import { markSecrets } from "./markSecrets";
import { conceal, equal, hasUnknown, mapValues, revealAll } from "./secrets";
import { isList, isMap, Secret, UNKNOWN, Unknown, type Value, type Values } from "./values";

type Style = PackageDefinition["style"];

/** Terraform's own key for the time limits inside `__meta`. */
const timeoutsKey = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

/** The state to store: inputs, what the handler says on top of them, and what has to be secret. */
export function finishOutputs(
  definition: ResourceDefinition,
  style: Style,
  inputs: Values,
  outputs: Values,
  limits: Limits = {},
): Values {
  const merged: { [name: string]: Value | undefined } = { ...withoutDefaults(inputs), ...outputs };
  if (style !== "inferred") {
    const meta = metadata(definition, style === "bridged" ? limits : {});
    if (meta !== undefined && merged.__meta === undefined) merged.__meta = meta;
  }
  const plain =
    style === "bridged" ? (merged as Values) : mapValues(merged, (value) => (value === null ? undefined : value));
  return markSecrets(conceal(plain, inputs), { ...definition.inputs, ...definition.outputs });
}

/** Time limits in seconds that the program set for this step, which the state then remembers. */
export interface Limits {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
}

function metadata(definition: ResourceDefinition, limits: Limits): string | undefined {
  const meta: { [key: string]: unknown } = {};
  // A step without a limit of the program's own keeps the provider's.
  const names = ["create", "delete", "update"] as const;
  const nanoseconds = names
    .map((name) => [name, (limits[name] || definition.timeouts?.[name] || 0) * 1e9] as const)
    .filter(([, limit]) => limit > 0);
  if (nanoseconds.length > 0) meta[timeoutsKey] = Object.fromEntries(nanoseconds);
  if (definition.schemaVersion) meta.schema_version = String(definition.schemaVersion);
  return Object.keys(meta).length > 0 ? JSON.stringify(meta) : undefined;
}

/** `__defaults` belongs to the inputs; the state has none, at any level. */
export function withoutDefaults(values: Values): Values {
  return mapValues(values, (value, name) => (name === defaultsKey ? undefined : strip(value)));
}

function strip(value: Value): Value {
  if (value instanceof Secret) return new Secret(strip(value.value));
  if (isList(value)) return value.map(strip);
  return isMap(value) ? (withoutDefaults(value) as Value) : value;
}

/** Outputs of a creation, as far as a preview can tell. */
export function planCreate(definition: ResourceDefinition, style: Style, inputs: Values): Values {
  const outputs: { [name: string]: Value | undefined } = {};
  for (const [name, shape] of Object.entries(definition.outputs ?? {})) {
    // An inferred plugin leaves optional outputs out of a preview.
    if (style === "framework" && shape.default !== undefined) outputs[name] = shape.default as Value;
    else if (style !== "inferred" || shape.required) outputs[name] = UNKNOWN;
  }
  for (const [name, shape] of Object.entries(definition.inputs)) {
    if (shape.computed && inputs[name] === undefined) outputs[name] = UNKNOWN;
  }
  return outputs;
}

/**
 * Outputs of an update, as far as a preview can tell. An inferred plugin takes every output for unknown as soon as an
 * input that was there before changes; a bridged one keeps what it has.
 */
export function planUpdate(definition: ResourceDefinition, style: Style, state: Values, news: Values): Values {
  const kept = mapValues(state, (value, name) => (name in definition.inputs ? undefined : value));
  const computed = Object.keys(definition.inputs).filter((name) => definition.inputs[name]?.computed);
  const chosen = Object.fromEntries(
    computed.filter((name) => news[name] === undefined).map((name) => [name, state[name]]),
  );
  if (style !== "inferred") return { ...kept, ...chosen };
  const changed = Object.keys(definition.inputs).some(
    (name) => isUnknown(news[name]) || (state[name] !== undefined && !equal(news[name], state[name])),
  );
  return changed ? mapValues(kept, () => UNKNOWN) : { ...kept, ...chosen };
}

function isUnknown(value: Value | undefined): boolean {
  return value instanceof Unknown || (value instanceof Secret && value.value instanceof Unknown);
}

/** Handlers that act must never meet an unknown: the engine sends none outside previews. */
export function assertKnown(values: Values, urn: string): Values {
  for (const [name, value] of Object.entries(values)) {
    if (hasUnknown(value))
      throw new Error(`${urn}: the value of \`${name}\` is not known, yet the engine wants it used`);
  }
  return revealAll(values);
}
