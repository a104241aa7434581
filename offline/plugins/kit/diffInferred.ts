import type { Change } from "./definition";
import { formatPath, type Path } from "./path";
import { equal } from "./secrets";
import type { Properties } from "./shape";
import { isList, isMap, type Value, type Values } from "./values";

/**
 * The diff of pulumi-go-provider: the inputs as the old state has them against the new ones, secret for secret. Only
 * a change of a property as a whole forces its replacement (the SDK's own `replaceOnChanges` cares for its inside).
 */
export function diffInferred(state: Values, news: Values, properties: Properties, canUpdate: boolean): Change[] {
  const changes: Change[] = [];
  const olds: Values = Object.fromEntries(Object.keys(properties).map((name) => [name, state[name]]));
  compareMaps(olds, news, [], changes);
  return changes.map((change) =>
    !canUpdate || properties[change.path]?.replaces ? { ...change, replaces: true } : change,
  );
}

function compareMaps(olds: Values, news: Values, path: Path, changes: Change[]): void {
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compare(olds[key], news[key], [...path, key], changes);
  }
}

function compare(old: Value | undefined, value: Value | undefined, path: Path, changes: Change[]): void {
  if (isMap(old) && isMap(value)) {
    compareMaps(old, value, path, changes);
  } else if (isList(old) && isList(value)) {
    for (let i = 0; i < Math.max(old.length, value.length); i++) compare(old[i], value[i], [...path, i], changes);
  } else if (!equal(old, value)) {
    const kind = (old ?? null) === null ? "add" : (value ?? null) === null ? "delete" : "update";
    changes.push({ path: formatPath(path), kind });
  }
}
