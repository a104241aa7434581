import type { Failure, Values } from "../kit/definition";

/** Refuses a length of nothing; one that is not known yet is left alone. */
export function atLeastOne(property: string, news: Values): Failure[] {
  const length = news[property];
  return typeof length === "number" && length < 1
    ? [{ property, reason: `${property} must be at least 1, got: ${length}` }]
    : [];
}
