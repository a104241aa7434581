import type { Preview, ResourceState, Step } from "./preview";

/** Where a resource stands in the program, out of its URN. */
export interface Place {
  readonly urn: string;
  /** Type tokens of the components around it, the outermost first; its own is the last. */
  readonly types: readonly string[];
  readonly type: string;
  readonly name: string;
}

/** A resource that the update would touch. */
export interface Change {
  readonly place: Place;
  readonly kind: "create" | "update" | "replace" | "delete";
  /** How it is; absent of what is new. */
  readonly before?: ResourceState;
  /** How it would be; absent of what goes. */
  readonly after?: ResourceState;
  /** Properties that differ, by their paths. */
  readonly reasons: readonly string[];
}

/** A resource that is not as the last update left it. */
export interface Drifted {
  readonly place: Place;
  readonly recorded?: ResourceState;
  /** Absent where it is gone. */
  readonly found?: ResourceState;
}

export function placeOf(urn: string): Place {
  const [, , types = "", ...name] = urn.split("::");
  const chain = types.split("$");
  return { urn, types: chain, type: chain.at(-1) ?? "", name: name.join("::") };
}

/** The last part of a URN. */
export function nameIn(urn: string): string {
  return placeOf(urn).name;
}

/** Sorts what a preview shows by what it means: things to do, and things that others did. */
export function sortSteps({ steps }: Preview): { changes: Change[]; drifted: Drifted[]; refreshed: boolean } {
  const byUrn = new Map<string, Step[]>();
  for (const step of steps) {
    byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  }
  const refreshed = steps.some(({ op }) => op === "refresh");
  const changes: Change[] = [];
  const drifted: Drifted[] = [];
  for (const [urn, all] of byUrn) {
    const place = placeOf(urn);
    // In a preview that looks at the machines first, what is known already comes with that look: Pulumi writes it as
    // "refresh", or as the update or deletion that it amounts to.
    const [first] = all;
    const look = refreshed && first && ["refresh", "update", "delete"].includes(first.op) ? first : undefined;
    const change = changeOf(place, look ? all.slice(1) : all);
    if (change) {
      changes.push(change);
    }
    const drift = look && driftOf(place, look, all.slice(1));
    if (drift) {
      drifted.push(drift);
    }
  }
  return { changes: changes.sort(byName), drifted: drifted.sort(byName), refreshed };
}

function changeOf(place: Place, steps: readonly Step[]): Change | undefined {
  const kinds = new Set(steps.map(({ op }) => kindOf[op]).filter((kind) => kind !== undefined));
  if (kinds.size === 0) {
    return undefined;
  }
  const kind = kinds.size > 1 || kinds.has("replace") ? "replace" : ([...kinds][0] ?? "update");
  const reasons = steps.flatMap(({ diffReasons, replaceReasons, detailedDiff }) => [
    ...Object.keys(detailedDiff ?? {}),
    ...(diffReasons ?? []),
    ...(replaceReasons ?? []),
  ]);
  return {
    place,
    kind,
    before: steps.map(({ oldState }) => oldState).find((found) => found !== undefined),
    after: steps.flatMap(({ newState }) => newState ?? []).at(-1),
    reasons: [...new Set(reasons)].sort(),
  };
}

const kindOf: Partial<Record<Step["op"], Change["kind"]>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "update",
  "import-replacement": "replace",
};

function driftOf(place: Place, look: Step, next: readonly Step[]): Drifted | undefined {
  const recorded = look.oldState ?? look.newState;
  if (look.op !== "refresh") {
    return { place, recorded, ...(look.op === "update" && look.newState ? { found: look.newState } : {}) };
  }
  const [then] = next;
  if (then === undefined) {
    return undefined;
  }
  if (then.op === "create") {
    return { place, recorded };
  }
  return then.oldState && differs(recorded?.outputs, then.oldState.outputs)
    ? { place, recorded, found: then.oldState }
    : undefined;
}

function differs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

function byName({ place: a }: { place: Place }, { place: b }: { place: Place }): number {
  return compare(a.name, b.name) || compare(a.urn, b.urn);
}

/** The order of texts: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
