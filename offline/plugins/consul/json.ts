import type { Value } from "../kit/definition";

/** Whether two JSON texts mean the same; texts that are none are the same only to the letter. */
export function sameJson(before: Value, after: Value): boolean {
  try {
    return canonical(JSON.parse(String(before))) === canonical(JSON.parse(String(after)));
  } catch {
    return before === after;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** Whether everything that was asked for is there; what Consul adds of its own is no difference. */
export function covers(found: unknown, asked: unknown): boolean {
  if (Array.isArray(asked)) {
    return (
      Array.isArray(found) && found.length === asked.length && asked.every((item, index) => covers(found[index], item))
    );
  }
  if (typeof asked === "object" && asked !== null) {
    const there = (found ?? {}) as Record<string, unknown>;
    return Object.entries(asked).every(([key, item]) => covers(there[key], item));
  }
  // Consul leaves out what is empty.
  return found === asked || (found === undefined && (asked === "" || asked === 0 || asked === false || asked === null));
}
