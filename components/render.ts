/** JSON with sorted keys and a newline at the end: the same plan gives the same file, whatever order it was made in. */
export function renderJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
  }
  return value;
}

/** A Java-style properties file with sorted keys. */
export function renderProperties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("");
}
