import fc from "fast-check";

/** The same with one value, anywhere, replaced, removed or joined by an unknown key. */
export function damaged<T extends object>(whole: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc
    .tuple(whole, fc.nat(), fc.constantFrom("replace", "remove", "add"), fc.jsonValue({ maxDepth: 2 }))
    .map(([original, pick, how, value]) => {
      const copy = structuredClone(original);
      const places = placesOf(copy);
      const place = places[pick % places.length];
      if (place === undefined) {
        return copy;
      }
      const [owner, key] = place;
      if (how === "replace") {
        owner[key] = value;
      } else if (how === "remove") {
        delete owner[key];
      } else {
        owner.surprise = value;
      }
      return copy;
    });
}

function placesOf(node: unknown): [Record<string, unknown>, string][] {
  if (typeof node !== "object" || node === null) {
    return [];
  }
  const owner = node as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [
    [owner, key] as [Record<string, unknown>, string],
    ...placesOf(owner[key]),
  ]);
}
