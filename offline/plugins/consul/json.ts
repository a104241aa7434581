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
 * Whether two config entries in JSON mean the same to the official plugin, which compares what Go reads out of them:
 * names of fields in any case, and a value that is zero as good as absent. But an empty list, map or optional part is
 * not: an entry without `TransparentProxy` differs from what Consul returns of it, and so does one without an
 * intention's `Precedence`. So whoever writes one says what Consul fills in.
 */
export function sameEntry(before: unknown, after: unknown): boolean {
  try {
    return meaning(JSON.parse(String(before))) === meaning(JSON.parse(String(after)));
  } catch {
    return before === after;
  }
}

/** Parts that are always there, so that an empty one is an absent one. */
const parts = new Set(["expose", "instancelevel", "meshgateway"]);
/** Numbers that may be absent, so that zero is one of them. */
const optional = new Set(
  "maxrequestheaderskb maxconnections maxpendingrequests maxconcurrentrequests enforcingconsecutive5xx maxejectionpercent".split(
    " ",
  ),
);
/** Maps of the person's own, where names are as they stand and every value counts. */
const free = new Set(["arguments", "config", "meta"]);

function meaning(value: unknown): string {
  return JSON.stringify(sorted(essence("", value) ?? null));
}

function essence(name: string, value: unknown): unknown {
  if (value === null || free.has(name)) return value ?? undefined;
  if (Array.isArray(value)) return value.map((item) => essence("", item) ?? null);
  if (typeof value !== "object") return value || optional.has(name) ? value : undefined;
  const entries = Object.entries(value)
    .map(([key, item]) => [key.toLowerCase(), essence(key.toLowerCase(), item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length > 0 || !parts.has(name) ? Object.fromEntries(entries) : undefined;
}
