/** JSON as Go writes it, which is how the official plugin records what it read: sorted, close, and safe inside HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/**
 * Whether two config entries in JSON mean the same: names of fields in any case, and what is empty as good as absent.
 * What Consul fills in (such as an intention's Precedence) is a difference: the official plugin takes it for one.
 */
export function sameEntry(before: unknown, after: unknown): boolean {
  try {
    return meaning(JSON.parse(String(before))) === meaning(JSON.parse(String(after)));
  } catch {
    return before === after;
  }
}

function meaning(value: unknown): string {
  return JSON.stringify(sorted(essence(value)) ?? null);
}

function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map((item) => essence(item) ?? null) : undefined;
  if (typeof value !== "object" || value === null) return value || undefined;
  const entries = Object.entries(value)
    .map(([key, item]) => [key.toLowerCase(), essence(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
