import type { Failure, Value, Values } from "../kit/definition";
import { isList, isMap } from "../kit/values";

/** Says what is wrong with a value, or nothing. */
export type Limit = (value: Value) => string | undefined;

/** Limits by path; `[]` stands for every element: `uploads[].permissions`. */
export type Limits = { readonly [path: string]: Limit };

/** Checks values against the limits of their properties; what is absent or not known yet passes. */
export function exceeded(limits: Limits, values: Values): Failure[] {
  return Object.entries(limits).flatMap(([path, limit]) => visit(path.split("."), values, "", limit));
}

function visit(path: readonly string[], value: Value | undefined, at: string, limit: Limit): Failure[] {
  const [head, ...rest] = path;
  if (value === undefined || value === null) return [];
  if (head === undefined) {
    if (typeof value === "object") return [];
    const reason = limit(value);
    return reason === undefined ? [] : [{ property: at, reason }];
  }
  if (!isMap(value)) return [];
  const name = head.replace("[]", "");
  const here = at === "" ? name : `${at}.${name}`;
  const inside = value[name];
  if (!head.endsWith("[]")) return visit(rest, inside, here, limit);
  return isList(inside) ? inside.flatMap((item, index) => visit(rest, item, `${here}[${index}]`, limit)) : [];
}

export function oneOf(...allowed: readonly (string | boolean)[]): Limit {
  const list = allowed.map((item) => JSON.stringify(item)).join(", ");
  return (value) =>
    allowed.includes(value as string | boolean)
      ? undefined
      : `${JSON.stringify(value)} is not one of the values that work here: ${list}`;
}

export function matching(pattern: RegExp, meaning: string): Limit {
  return (value) => (pattern.test(String(value)) ? undefined : `${JSON.stringify(value)} is not ${meaning}`);
}

export function atLeast(least: number): Limit {
  return (value) => (Number(value) >= least ? undefined : `${value} is less than ${least}`);
}

/** For what the official plugin does and this one does not: only "off" passes. */
export function onlyOff(why: string): Limit {
  return (value) => (value === false || value === "0s" ? undefined : why);
}
