import { mapValues } from "./secrets";
import type { Properties, Shape } from "./shape";
import { isList, isMap, Secret, type Value, type Values } from "./values";

/** Makes secret what is declared so, at any depth, whatever the program gave. */
export function markSecrets(values: Values, properties: Properties): Values {
  return mapValues(values, (value, name) => {
    const shape = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (shape === undefined || value instanceof Secret || value === null) return value;
    return shape.secret ? new Secret(value) : inside(value, shape);
  });
}

function inside(value: Value, shape: Shape): Value {
  if (shape.kind === "list" && isList(value)) return value.map((item) => inside(item, shape.of));
  if (shape.kind === "map" && isMap(value)) return mapValues(value, (item) => inside(item, shape.of)) as Value;
  if (shape.kind === "object" && isMap(value)) return markSecrets(value, shape.properties) as Value;
  return value;
}
