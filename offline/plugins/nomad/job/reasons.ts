import type { ApiAllocationStub, ApiDeployment, ApiEvaluation, ApiPlacementMetric, ApiTaskEvent } from "./api";

/** How far a deployment is, e.g. `deployment running, 0/1 healthy`. */
export function progressOf({ Status, TaskGroups }: Pick<ApiDeployment, "Status" | "TaskGroups">): string {
  const groups = Object.values(TaskGroups ?? {});
  const healthy = groups.reduce((sum, group) => sum + group.HealthyAllocs, 0);
  const wanted = groups.reduce((sum, group) => sum + group.DesiredTotal, 0);
  const unhealthy = groups.reduce((sum, group) => sum + group.UnhealthyAllocs, 0);
  return `deployment ${Status}, ${healthy}/${wanted} healthy${unhealthy > 0 ? `, ${unhealthy} unhealthy` : ""}`;
}

/** Why allocations could not be placed, one sentence a group; empty if all were. */
export function placementFailures(evaluations: readonly Pick<ApiEvaluation, "FailedTGAllocs">[]): string[] {
  const byGroup: Record<string, ApiPlacementMetric> = {};
  for (const { FailedTGAllocs } of evaluations) Object.assign(byGroup, FailedTGAllocs);
  return Object.entries(byGroup)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, metric]) => `group ${group}: ${placementFailure(metric)}`);
}

function placementFailure(metric: ApiPlacementMetric): string {
  const reasons = [
    ...counted(metric.ConstraintFiltered, (what, n) => `${nodes(n)} filtered by the constraint ${what}`),
    ...counted(metric.ClassFiltered, (what, n) => `${nodes(n)} filtered by class ${what}`),
    ...counted(metric.DimensionExhausted, (what, n) => `${nodes(n)} out of ${what}`),
  ];
  if (reasons.length > 0) return `no node could take it: ${reasons.join(", ")}`;
  if (!metric.NodesEvaluated) return "no node could take it: none is ready in its datacenters and node pool";
  return `no node could take it: ${nodes(metric.NodesFiltered ?? 0)} filtered, ${nodes(metric.NodesExhausted ?? 0)} full`;
}

/** What went wrong in allocations, newest first: one sentence an allocation, with the last events of its tasks. */
export function allocationFailures(allocations: readonly ApiAllocationStub[], most = 3): string[] {
  return [...allocations]
    .sort((a, b) => b.CreateIndex - a.CreateIndex)
    .flatMap((allocation) => {
      const tasks = Object.entries(allocation.TaskStates ?? {}).flatMap(([name, state]) => {
        const events = lastEvents(state.Events ?? []);
        return events.length > 0 ? [`task ${name}: ${events.join(" / ")}`] : [];
      });
      const words = tasks.length > 0 ? tasks.join("; ") : (allocation.ClientDescription ?? "");
      const healthy = allocation.ClientStatus === "running" && !troubled(allocation);
      if (healthy || words === "") return [];
      return [
        `allocation ${allocation.ID.slice(0, 8)} on ${allocation.NodeName} (${allocation.ClientStatus}): ${words}`,
      ];
    })
    .slice(0, most);
}

const quiet = new Set(["Received", "Task Setup", "Started", "Downloading Artifacts"]);

function lastEvents(events: readonly ApiTaskEvent[]): string[] {
  return events
    .filter(({ Type }) => !quiet.has(Type))
    .slice(-3)
    .map(({ Type, DisplayMessage, Message }) => `${Type}: ${DisplayMessage || Message || "no further word"}`);
}

function troubled({ TaskStates }: ApiAllocationStub): boolean {
  return Object.values(TaskStates ?? {}).some(({ Failed, Events }) => Failed || lastEvents(Events ?? []).length > 0);
}

function counted(counts: Record<string, number> | null | undefined, say: (what: string, n: number) => string) {
  return Object.entries(counts ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, n]) => say(what, n));
}

function nodes(n: number): string {
  return n === 1 ? "1 node" : `${n} nodes`;
}
