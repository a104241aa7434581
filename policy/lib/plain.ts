/**
 * Plain data out of what the policy SDK hands to a check: there, to read what is unknown in a preview throws, and the
 * whole check would be left out for one resource. Here it is undefined, and the rest can be judged.
 */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const read = (key: string | number) => {
    try {
      return plain((value as Record<string | number, unknown>)[key]);
    } catch {
      return undefined;
    }
  };
  return Array.isArray(value)
    ? Array.from({ length: value.length }, (_, index) => read(index))
    : Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}
