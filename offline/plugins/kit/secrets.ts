import { Archive, Asset, isList, isMap, Secret, Unknown, type Value, type Values } from "./values";

/** The same values without secret wrappers. */
export function reveal<V extends Value | undefined>(value: V): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (isList(value)) return value.map(reveal);
  if (isMap(value)) return revealAll(value) as Value;
  return value as Value;
}

export function revealAll(values: Values): Values {
  return mapValues(values, (value) => reveal(value));
}

export function mapValues(values: Values, change: (value: Value, name: string) => Value | undefined): Values {
  const result: { [key: string]: Value } = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const changed = change(value, name);
    if (changed !== undefined) result[name] = changed;
  }
  return result;
}

export function hasSecret(value: Value | undefined): boolean {
  return some(value, (part) => part instanceof Secret);
}

export function hasUnknown(value: Value | undefined): boolean {
  return some(value, (part) => part instanceof Unknown);
}

function some(value: Value | undefined, test: (part: Value) => boolean): boolean {
  if (value === undefined) return false;
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (isList(value)) return value.some((item) => some(item, test));
  if (isMap(value)) return Object.values(value).some((item) => some(item, test));
  return false;
}

/** Equal in content: secrets equal secrets only, an absent property equals null. */
export function equal(left: Value | undefined, right: Value | undefined): boolean {
  if ((left ?? null) === (right ?? null)) return true;
  if (left === undefined || right === undefined || left === null || right === null) return false;
  if (left instanceof Secret) return right instanceof Secret && equal(left.value, right.value);
  if (left instanceof Asset) return right instanceof Asset && sameFile(left, right);
  if (left instanceof Archive) return right instanceof Archive && sameFile(left, right);
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, i) => equal(item, right[i]));
  }
  if (isMap(left)) {
    if (!isMap(right)) return false;
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => equal(left[key], right[key]));
  }
  return false;
}

/** The content decides where both sides know it, the way to it otherwise. */
function sameFile(left: Asset | Archive, right: Asset | Archive): boolean {
  if (left.hash !== undefined && right.hash !== undefined) return left.hash === right.hash;
  return JSON.stringify(left.source) === JSON.stringify(right.source);
}

/**
 * Makes secret again what was secret in `model`: where a value is still the same it gets the model's own wrappers,
 * otherwise the whole of it becomes secret, rather than show a part of it.
 */
export function conceal(values: Values, model: Values): Values {
  return mapValues(values, (value, name) => concealValue(value, model[name]));
}

function concealValue(value: Value, model: Value | undefined): Value {
  if (!hasSecret(model) || value instanceof Secret) return value;
  if (equal(reveal(value), reveal(model))) return model as Value;
  if (isMap(value) && isMap(model)) return conceal(value, model);
  return new Secret(value);
}
