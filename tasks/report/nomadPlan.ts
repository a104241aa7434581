import { z } from "zod";
import { compare } from "./steps";

/** What Nomad's scheduler would do to a task group. */
export interface GroupPlan {
  readonly group: string;
  readonly create: number;
  readonly inPlace: number;
  /** Allocations that are stopped and started anew. */
  readonly destroy: number;
  readonly canary: number;
  readonly migrate: number;
  readonly stop: number;
  readonly ignore: number;
  /** Allocations of others that make room. */
  readonly preempt: number;
}

export interface NomadPlan {
  /** "Added", "Edited", "Deleted" or "None", as Nomad says. */
  readonly change: string;
  readonly groups: readonly GroupPlan[];
  /** Why allocations find no place, by group. */
  readonly failures: readonly { readonly group: string; readonly unplaced: number; readonly why: readonly string[] }[];
  readonly preempted: readonly { readonly job: string; readonly group: string; readonly count: number }[];
  readonly warnings: string;
}

const count = z.number().default(0);
const counts = z
  .record(z.string(), z.number())
  .nullish()
  .transform((value) => value ?? {});

const metrics = z.looseObject({
  NodesEvaluated: count,
  NodesInPool: count,
  NodesFiltered: count,
  NodesExhausted: count,
  CoalescedFailures: count,
  ClassFiltered: counts,
  ConstraintFiltered: counts,
  ClassExhausted: counts,
  DimensionExhausted: counts,
  QuotaExhausted: z.array(z.string()).nullish(),
});

const desired = z.looseObject({
  Ignore: count,
  Place: count,
  Migrate: count,
  Stop: count,
  InPlaceUpdate: count,
  DestructiveUpdate: count,
  Canary: count,
  Preemptions: count,
});

/** @see https://developer.hashicorp.com/nomad/api-docs/jobs#create-job-plan */
const answer = z.looseObject({
  Annotations: z
    .looseObject({
      DesiredTGUpdates: z.record(z.string(), desired).nullish(),
      PreemptedAllocs: z.array(z.looseObject({ JobID: z.string(), TaskGroup: z.string() })).nullish(),
    })
    .nullish(),
  FailedTGAllocs: z.record(z.string(), metrics).nullish(),
  Diff: z.looseObject({ Type: z.string() }).nullish(),
  Warnings: z.string().nullish(),
});

/** Reads Nomad's answer; undefined where it is none. */
export function readNomadPlan(body: unknown): NomadPlan | undefined {
  const parsed = answer.safeParse(body);
  if (!parsed.success) {
    return undefined;
  }
  const { Annotations, FailedTGAllocs, Diff, Warnings } = parsed.data;
  return {
    change: Diff?.Type ?? "unknown",
    groups: Object.entries(Annotations?.DesiredTGUpdates ?? {})
      .map(([group, desired]) => ({
        group,
        create: desired.Place,
        inPlace: desired.InPlaceUpdate,
        destroy: desired.DestructiveUpdate,
        canary: desired.Canary,
        migrate: desired.Migrate,
        stop: desired.Stop,
        ignore: desired.Ignore,
        preempt: desired.Preemptions,
      }))
      .sort((a, b) => compare(a.group, b.group)),
    failures: Object.entries(FailedTGAllocs ?? {})
      .map(([group, metric]) => ({ group, unplaced: metric.CoalescedFailures + 1, why: reasonsOf(metric) }))
      .sort((a, b) => compare(a.group, b.group)),
    preempted: preemptions(Annotations?.PreemptedAllocs ?? []),
    warnings: (Warnings ?? "").trim(),
  };
}

function reasonsOf(metric: z.infer<typeof metrics>): string[] {
  const nodes = (number: number) => `${number} ${number === 1 ? "node" : "nodes"}`;
  const list = (found: Record<string, number>, says: (what: string, number: number) => string) =>
    Object.entries(found)
      .sort(([a], [b]) => compare(a, b))
      .map(([what, number]) => says(what, number));
  return [
    ...(metric.NodesInPool === 0 ? ["no node is in the job's node pool"] : []),
    ...(metric.NodesInPool > 0 && metric.NodesEvaluated === 0 ? ["no node is ready and eligible"] : []),
    ...list(metric.ClassFiltered, (what, number) => `class "${what}" is left out: ${nodes(number)}`),
    ...list(metric.ConstraintFiltered, (what, number) => `constraint ${what}: ${nodes(number)} filtered out`),
    ...list(metric.ClassExhausted, (what, number) => `class "${what}" is full: ${nodes(number)}`),
    ...list(metric.DimensionExhausted, (what, number) => `${what}: exhausted on ${nodes(number)}`),
    ...(metric.QuotaExhausted ?? []).map((what) => `quota exhausted: ${what}`),
  ];
}

function preemptions(allocations: readonly { JobID: string; TaskGroup: string }[]): NomadPlan["preempted"] {
  const found = new Map<string, { job: string; group: string; count: number }>();
  for (const { JobID: job, TaskGroup: group } of allocations) {
    const key = `${job} ${group}`;
    found.set(key, { job, group, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => compare(a.job, b.job) || compare(a.group, b.group));
}
