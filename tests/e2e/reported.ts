import type { GroupPlan } from "../../tasks/report/nomadPlan";
import type { Report } from "../../tasks/report/report";
import type { Checkout } from "./checkout";

const minute = 60_000;
const nomad = "http://127.0.0.1:4646";

/** Two changes of jobs, one that Nomad makes in place beside a new allocation and one for which it stops a task. */
const edits = [
  { file: "jobs/nginx.nomad.hcl", from: "default     = 1\n", to: "default     = 2\n" },
  { file: "jobs/redis.nomad.hcl", from: "memory = 128", to: "memory = 160" },
];

/** What the report says that Nomad will do with changed jobs is what becomes of their allocations. */
export function testReportAgrees(of: () => Checkout): void {
  test(
    "the report on changed jobs agrees with what make up then does",
    async () => {
      for (const { file, from, to } of edits) await of().edit(file, from, to);
      const { code, output } = await of().sh(
        "npm run -s preview-report -- --stack dev --format json --fail-on never 2>/dev/null",
      );
      expect({ code, output }).toMatchObject({ code: 0 });
      const report = JSON.parse(output) as Report;
      expect(report.jobs.map(({ name, action }) => [name, action])).toEqual([
        ["nginx", "changed"],
        ["redis", "changed"],
      ]);
      expect(report.agents).toEqual([]);
      const groups = new Map(report.jobs.map(({ name, plan }) => [name, plan?.groups[0] as GroupPlan]));
      expect(groups.get("nginx")).toMatchObject({ create: 1, inPlace: 1, destroy: 0 });
      expect(groups.get("redis")).toMatchObject({ create: 0, inPlace: 0, destroy: 1 });

      const before = new Map<string, readonly string[]>();
      for (const name of groups.keys()) before.set(name, await running(name));
      await of().make("up");
      for (const [name, plan] of groups) {
        const old = before.get(name) ?? [];
        const after = await running(name);
        const kept = after.filter((id) => old.includes(id)).length;
        expect({ name, kept, started: after.length - kept, stopped: old.length - kept }).toEqual({
          name,
          kept: plan.ignore + plan.inPlace,
          started: plan.create + plan.destroy,
          stopped: plan.destroy + plan.stop,
        });
      }
      for (const { file, from, to } of edits) await of().edit(file, to, from);
      await of().make("up");
    },
    5 * minute,
  );
}

/** Ids of a job's allocations that run and are to run. */
async function running(job: string): Promise<string[]> {
  const response = await fetch(`${nomad}/v1/job/${job}/allocations`, { signal: AbortSignal.timeout(5000) });
  const allocations = (await response.json()) as { ID: string; ClientStatus: string; DesiredStatus: string }[];
  return allocations
    .filter(({ ClientStatus, DesiredStatus }) => ClientStatus === "running" && DesiredStatus === "run")
    .map(({ ID }) => ID);
}
