import type { AgentChange } from "./agents";
import { compare } from "./steps";

export type Direction = "up" | "down" | "other";

/** A version, or an image, that is not the same afterwards. */
export interface VersionChange {
  /** What has it: "nomad", or "image of the job nginx". */
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly direction: Direction;
  /** Hosts that it changes on; none for jobs. */
  readonly hosts: readonly string[];
}

/** Versions of agents that change, each once. */
export function agentVersions(agents: readonly AgentChange[]): VersionChange[] {
  const found = new Map<string, { change: Omit<VersionChange, "hosts">; hosts: Set<string> }>();
  for (const { role, host, version } of agents) {
    const { from, to } = version;
    if (from === undefined || to === undefined || from === to) {
      continue;
    }
    const what = role.split("-")[0] ?? role;
    const key = `${what} ${from} ${to}`;
    const entry = found.get(key) ?? { change: { what, from, to, direction: directionOf(from, to) }, hosts: new Set() };
    entry.hosts.add(host);
    found.set(key, entry);
  }
  return [...found.values()]
    .map(({ change, hosts }) => ({ ...change, hosts: [...hosts].sort() }))
    .sort((a, b) => compare(a.what, b.what) || compare(a.from, b.from));
}

/** Images of a job that change: those with the same repository are one with another tag. */
export function imageChanges(job: string, before: readonly string[], after: readonly string[]): VersionChange[] {
  const gone = before.filter((image) => !after.includes(image));
  const come = after.filter((image) => !before.includes(image));
  return come.flatMap((to): VersionChange[] => {
    const from =
      gone.find((image) => repository(image) === repository(to)) ??
      (gone.length === 1 && come.length === 1 ? gone[0] : undefined);
    if (from === undefined) {
      return [];
    }
    const same = repository(from) === repository(to);
    const direction = same ? directionOf(tag(from), tag(to)) : "other";
    return [{ what: `image of the job ${job}`, from, to, direction, hosts: [] }];
  });
}

function repository(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]+$/, "");
}

function tag(image: string): string {
  return /:([^:/]+)$/.exec(image.replace(/@.*$/, ""))?.[1] ?? "latest";
}

/** Compares the numbers in versions; a suffix such as `-beta1` comes before the version without it. */
export function directionOf(from: string, to: string): Direction {
  const [a, b] = [numbersOf(from), numbersOf(to)];
  if (a === undefined || b === undefined) {
    return "other";
  }
  for (let i = 0; i < Math.max(a.numbers.length, b.numbers.length); i++) {
    const difference = (b.numbers[i] ?? 0) - (a.numbers[i] ?? 0);
    if (difference !== 0) {
      return difference > 0 ? "up" : "down";
    }
  }
  if (a.suffix === b.suffix) {
    return "other";
  }
  if (a.suffix === "" || b.suffix === "") {
    return a.suffix === "" ? "down" : "up";
  }
  return "other";
}

function numbersOf(version: string): { numbers: number[]; suffix: string } | undefined {
  const [, numbers, suffix = ""] = /^v?(\d+(?:\.\d+)*)(?:[-+](.*))?$/.exec(version) ?? [];
  return numbers === undefined ? undefined : { numbers: numbers.split(".").map(Number), suffix };
}
