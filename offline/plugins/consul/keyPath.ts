import type { Failure, Value } from "../kit/definition";

/**
 * What is wrong with the path of a key; undefined where nothing is. Consul takes a path for a URL's: it leaves empty
 * segments out, and `.` and `..` lead elsewhere, even out of the key-value store. A slash at the end is a folder's.
 */
export function pathProblem(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "begins with a slash";
  const segments = path.replace(/\/$/, "").split("/");
  if (segments.includes("")) return "has an empty segment (//)";
  if (segments.some((segment) => segment === "." || segment === "..")) return "has a segment . or ..";
  return undefined;
}

/** A path with the place where the program gives it. */
export interface GivenPath {
  /** `keys[0].path` */
  readonly property: string;
  /** Whatever is no text is not looked at: unknown yet, or refused by its shape. */
  readonly path: Value | undefined;
}

/** Refuses paths that Consul would take for others, and paths that one resource has twice. */
export function pathFailures(given: readonly GivenPath[]): Failure[] {
  const first = new Map<string, string>();
  return given.flatMap(({ property, path }): Failure[] => {
    if (typeof path !== "string") return [];
    const problem = pathProblem(path);
    const shown = `${property} is ${JSON.stringify(path)}, which`;
    if (problem) {
      return [{ property, reason: `${shown} ${problem}; expected segments between slashes, e.g. fabio/config` }];
    }
    const earlier = first.get(path);
    if (earlier) return [{ property, reason: `${shown} ${earlier} is already; give every key once` }];
    first.set(path, property);
    return [];
  });
}
