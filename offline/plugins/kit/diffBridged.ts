import type { Change } from "./definition";
import { formatPath, type Path } from "./path";
import { equal } from "./secrets";
import type { Properties, Property, Shape } from "./shape";
import { isList, isMap, Unknown, type Value, type Values } from "./values";

/**
 * The diff of the Terraform bridge: the old *state* against what the new inputs plan. So what somebody else changed
 * shows as well once it was read. Zero values are the same as absent ones, and what the provider chose itself
 * (`computed`) is no change where the program is silent.
 */
export function diffBridged(state: Values, news: Values, properties: Properties, canUpdate: boolean): Change[] {
  const changes: Change[] = [];
  compareObjects(state, news, properties, [], !canUpdate, changes);
  return changes;
}

function compareObjects(
  olds: Values,
  news: Values,
  properties: Properties,
  path: Path,
  replaces: boolean,
  changes: Change[],
): void {
  for (const [name, shape] of Object.entries(properties)) {
    if (shape.computed && news[name] === undefined) continue;
    compare(olds[name], news[name], shape, [...path, name], replaces || shape.replaces === true, changes);
  }
}

function compare(
  old: Value | undefined,
  value: Value | undefined,
  shape: Shape & Pick<Property, "same">,
  path: Path,
  replaces: boolean,
  changes: Change[],
): void {
  if (isEmpty(old) && isEmpty(value)) return;
  if (isAbsent(old) || isAbsent(value) || value instanceof Unknown || old instanceof Unknown) {
    const kind = isAbsent(old) ? "add" : isAbsent(value) ? "delete" : "update";
    const inside = insideReplaces(isAbsent(value) || value instanceof Unknown ? old : value, shape);
    changes.push({ path: formatPath(path), kind, replaces: replaces || inside });
    return;
  }
  if (shape.same?.(old, value)) return;
  if (shape.kind === "list" && isList(old) && isList(value)) {
    if (shape.set) {
      compareSets(old, value, shape, path, replaces, changes);
    } else {
      for (let i = 0; i < Math.max(old.length, value.length); i++) {
        compareItem(old[i], value[i], shape.of, [...path, i], replaces, changes);
      }
    }
  } else if (shape.kind === "map" && isMap(old) && isMap(value)) {
    for (const key of [...new Set([...Object.keys(old), ...Object.keys(value)])].sort()) {
      if (!key.startsWith("__")) compareItem(old[key], value[key], shape.of, [...path, key], replaces, changes);
    }
  } else if (shape.kind === "object" && isMap(old) && isMap(value)) {
    compareObjects(old, value, shape.properties, path, replaces, changes);
  } else if (!equal(withoutDefaults(old), withoutDefaults(value))) {
    changes.push({ path: formatPath(path), kind: "update", replaces });
  }
}

/** An item of a list or a map is there or not: an empty string in it is a value of its own. */
function compareItem(
  old: Value | undefined,
  value: Value | undefined,
  shape: Shape,
  path: Path,
  replaces: boolean,
  changes: Change[],
): void {
  if (isAbsent(old) !== isAbsent(value)) {
    const kind = isAbsent(old) ? "add" : "delete";
    changes.push({
      path: formatPath(path),
      kind,
      replaces: replaces || insideReplaces(isAbsent(old) ? value : old, shape),
    });
  } else compare(old, value, shape, path, replaces, changes);
}

/** Items that are on one side only; those that meet at one index are one changed item. */
function compareSets(
  olds: readonly Value[],
  news: readonly Value[],
  shape: Extract<Shape, { kind: "list" }>,
  path: Path,
  replaces: boolean,
  changes: Change[],
): void {
  const unmatched = new Map(news.map((value, i) => [i, value]));
  const removed = new Map<number, Value>();
  for (const [i, old] of olds.entries()) {
    const match = [...unmatched].find(([, value]) => sameItem(old, value, shape.of));
    if (match) unmatched.delete(match[0]);
    else removed.set(i, old);
  }
  for (const i of [...new Set([...removed.keys(), ...unmatched.keys()])].sort((a, b) => a - b)) {
    const old = removed.get(i);
    const value = unmatched.get(i);
    if (old !== undefined && value !== undefined) compare(old, value, shape.of, [...path, i], replaces, changes);
    else compareItem(old, value, shape.of, [...path, i], replaces, changes);
  }
}

function sameItem(old: Value, value: Value, shape: Shape): boolean {
  const changes: Change[] = [];
  compareItem(old, value, shape, [], false, changes);
  return changes.length === 0;
}

function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function isEmpty(value: Value | undefined): boolean {
  if (isAbsent(value) || value === "" || value === 0 || value === false) return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).every((key) => key.startsWith("__"));
}

/** Whether something that is given inside a value forces a replacement. */
function insideReplaces(value: Value | undefined, shape: Shape): boolean {
  if (isAbsent(value)) return false;
  if (shape.kind === "list" && isList(value)) return value.some((item) => insideReplaces(item, shape.of));
  if (shape.kind === "map" && isMap(value)) return Object.values(value).some((item) => insideReplaces(item, shape.of));
  if (shape.kind !== "object" || !isMap(value)) return false;
  return Object.entries(shape.properties).some(
    ([name, property]) => !isEmpty(value[name]) && (property.replaces || insideReplaces(value[name], property)),
  );
}

function withoutDefaults(value: Value): Value {
  if (isList(value)) return value.map(withoutDefaults);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, item]) => [key, item === undefined ? undefined : withoutDefaults(item)]),
  );
}
