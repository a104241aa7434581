import type { Change } from "./definition";
import { formatPath, type Path } from "./path";
import { equal } from "./secrets";
import type { Properties } from "./shape";
import { isList, isMap, type Value, type Values } from "./values";

/**
 * The diff of a plugin framework provider: the old state against the completed inputs, where an empty value is a value.
 * Whether a property forces a replacement is said at its top.
 */
export function diffFramework(state: Values, news: Values, properties: Properties, canUpdate: boolean): Change[] {
  return Object.entries(properties).flatMap(([name, shape]) => {
    const [old, value] = [state[name], news[name]];
    if ((shape.computed && value === undefined) || shape.same?.(old ?? null, value ?? null)) return [];
    return differences(old, value, [name]).map((change) => ({
      ...change,
      replaces: !canUpdate || shape.replaces === true,
    }));
  });
}

function differences(old: Value | undefined, value: Value | undefined, path: Path): Change[] {
  if (equal(old, value)) return [];
  if (isMap(old) && isMap(value)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(value)])].sort();
    return names.flatMap((name) => differences(old[name], value[name], [...path, name]));
  }
  if (isList(old) && isList(value) && old.length > 0 && value.length > 0) {
    const length = Math.max(old.length, value.length);
    return Array.from({ length }, (_, i) => differences(old[i], value[i], [...path, i])).flat();
  }
  const kind = (old ?? null) === null ? "add" : (value ?? null) === null ? "delete" : "update";
  return [{ path: formatPath(path), kind }];
}
