import type { Properties, Property, Shape, Value, Values } from "../kit/definition";

/**
 * The inputs as the outputs of a state made by the Terraform bridge hold them:
 * - sets are in Terraform's order and without duplicates;
 * - nested objects are complete: what the program left out is "", 0, false, [] or {};
 * - an absent nested object is null, an absent list of objects is empty, anything else that is absent stays so.
 */
export function recorded(properties: Properties, inputs: Values): Values {
  const outputs: Record<string, Value | undefined> = {};
  for (const [name, declared] of Object.entries(properties)) {
    const value = inputs[name];
    outputs[name] = value === undefined || value === null ? absent(declared) : stored(declared, value);
  }
  return outputs;
}

function absent(declared: Property): Value | undefined {
  if (declared.kind === "object") return null;
  return declared.kind === "list" && declared.of.kind === "object" ? [] : undefined;
}

function stored(shape: Shape, value: Value): Value {
  if (shape.kind === "object") return complete(shape.properties, value as Values);
  if (shape.kind !== "list") return value;
  const items = (value as readonly Value[]).map((item) => stored(shape.of, item));
  if (!shape.set) return items;
  const byKey = new Map(items.map((item) => [sortKey(item), item]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as Value);
}

function complete(properties: Properties, value: Values): Values {
  return Object.fromEntries(
    Object.entries(properties).map(([name, declared]) => {
      const given = value[name];
      return [name, given === undefined || given === null ? zero(declared) : stored(declared, given)];
    }),
  );
}

function zero(shape: Shape): Value {
  switch (shape.kind) {
    case "string":
      return "";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "list":
      return [];
    case "map":
      return {};
    default:
      return null;
  }
}

/** Terraform orders a set of objects by their attributes, taken alphabetically. */
function sortKey(item: Value): string {
  if (typeof item !== "object" || item === null) return String(item);
  const values = item as Values;
  return JSON.stringify(
    Object.keys(values)
      .sort()
      .map((name) => values[name]),
  );
}
