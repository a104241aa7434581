import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planReport } from "../../../tasks/report/model";
import { readNomadPlan } from "../../../tasks/report/nomadPlan";
import { render } from "../../../tasks/report/render";
import type { Verdict } from "../../../tasks/report/report";
import { savedPreview } from "../../previews/saved";
import { scenarios } from "../../previews/scenarios";

const whole = "in the artifact";

/** Compares with the reviewed file; UPDATE_GOLDENS=1 rewrites it. */
function expectGolden(file: string, text: string): void {
  const path = join(__dirname, "expected", file);
  if (process.env.UPDATE_GOLDENS === "1") {
    writeFileSync(path, text);
  }
  if (!existsSync(path)) {
    throw new Error(`${path} is missing; write it with: UPDATE_GOLDENS=1 npx jest tests/unit/report`);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}

const verdicts: Readonly<Record<string, Verdict>> = {
  "first-deploy": "safe",
  "nothing-changed": "safe",
  "job-only": "safe",
  "agent-config": "safe",
  "version-bump": "safe",
  downgrade: "attention",
  "scale-3-to-5": "safe",
  "scale-3-to-2": "refused",
  "servers-exchanged": "refused",
  "servers-exchanged-unprotected": "refused",
  "scale-5-to-3": "attention",
  "server-replaced": "refused",
  "client-removed": "attention",
  "secret-rotated": "attention",
  drift: "attention",
};

test.each(scenarios.map(({ name }) => name))("the report on %s", async (name) => {
  const preview = savedPreview(name);
  const report = await planReport(preview, { stack: "prod", nomad: "No Nomad server can be reached." });
  expect(report.verdict).toBe(verdicts[name]);
  const text = render(report, "markdown", { whole });
  expectGolden(`${name}.md`, text);
  expect(text.length).toBeLessThan(65_536);
  // The same plan, whatever the order in which the engine came to its resources.
  const mixed = {
    ...preview,
    steps: [...preview.steps].sort((a, b) => (a.op === b.op ? (a.urn < b.urn ? 1 : -1) : 0)),
  };
  expect(render(await planReport(mixed, { stack: "prod", nomad: report.nomad }), "markdown", { whole })).toBe(text);
});

/** An answer in the shape of Nomad 1.11.3's, with everything in it that may happen to a group; the numbers are invented. */
const answer = {
  Annotations: {
    DesiredTGUpdates: {
      nginx: {
        Ignore: 0,
        Place: 1,
        Migrate: 0,
        Stop: 0,
        InPlaceUpdate: 0,
        DestructiveUpdate: 2,
        Canary: 0,
        Preemptions: 1,
      },
    },
    PreemptedAllocs: [{ ID: "x", JobID: "sleep", TaskGroup: "sleep" }],
  },
  FailedTGAllocs: {
    nginx: {
      NodesEvaluated: 2,
      NodesInPool: 2,
      NodesFiltered: 1,
      NodesExhausted: 1,
      CoalescedFailures: 1,
      ConstraintFiltered: { "missing drivers": 1 },
      DimensionExhausted: { memory: 1 },
    },
  },
  Diff: { Type: "Edited" },
  Warnings: "",
};

test.each(["text", "json", "markdown"] as const)("the report with Nomad's own plan, as %s", async (format) => {
  const plan = readNomadPlan(answer);
  const plans = new Map(plan ? [["nginx", plan]] : []);
  const report = await planReport(savedPreview("job-only"), { stack: "prod", plans, nomad: "Nomad answered." });
  expect(report.verdict).toBe("attention");
  expectGolden(
    `nomad-plan.${format === "markdown" ? "md" : format === "json" ? "json" : "txt"}`,
    render(report, format, { whole }),
  );
});

test("what is no plan of Nomad's is told from one", () => {
  expect(readNomadPlan("no")).toBeUndefined();
  expect(readNomadPlan({ FailedTGAllocs: { web: 3 } })).toBeUndefined();
});

test.each([600, 2000, 5000])("the longest parts are cut so that %i characters are enough", async (limit) => {
  const report = await planReport(savedPreview("scale-3-to-5"), { stack: "prod" });
  const text = render(report, "markdown", { whole, limit });
  expect(text.length).toBeLessThanOrEqual(limit);
  expect(text).toContain("The whole is in the artifact.");
  expect(text).toContain(report.headline.slice(0, 20));
});
