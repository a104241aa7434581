import { askNomad } from "../../../tasks/report/askNomad";
import { plannedJobs } from "../../../tasks/report/jobs";
import { planReport } from "../../../tasks/report/model";
import { readNomadPlan } from "../../../tasks/report/nomadPlan";
import { render } from "../../../tasks/report/render";
import type { Verdict } from "../../../tasks/report/report";
import { savedPreview } from "../../previews/saved";
import { scenarios } from "../../previews/scenarios";
import { FakeApi } from "../../support/fakeApi";
import { expectReport } from "../../support/reportGolden";

const whole = "in the artifact";

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
  "policies-broken": "refused",
};

/** There is none on what Nomad rejects: see below. */
const reported = scenarios.map(({ name }) => name).filter((name) => name !== "nomad-rejects");

test.each(reported)("the report on %s", async (name) => {
  const preview = savedPreview(name);
  const report = await planReport(preview, { stack: "prod", nomad: "No Nomad server can be reached." });
  expect(report.verdict).toBe(verdicts[name]);
  const text = render(report, "markdown", { whole });
  expectReport(`${name}.md`, text);
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
  expectReport(
    `nomad-plan.${format === "markdown" ? "md" : format === "json" ? "json" : "txt"}`,
    render(report, format, { whole }),
  );
});

test("the report where no cluster can be reached: it says so, and does the rest", async () => {
  const preview = savedPreview("job-only");
  const servers = ["http://127.0.0.1:1", "http://127.0.0.1:2"];
  const { plans, note } = await askNomad(plannedJobs(preview), { servers, headers: {} });
  const report = await planReport(preview, { stack: "prod", plans, nomad: note });
  expect(report.verdict).toBe("safe");
  expectReport("no-cluster.md", render(report, "markdown", { whole }));
});

/** What Nomad 1.11.3 says of the job: previewNomad.test.ts has it from the real one. */
const rejection = `1 error occurred:
\t* Task group nginx validation failed: 1 error occurred:
\t* Minimum healthy time must be less than healthy deadline: 3m0s > 2m0s

`;

test("a job that Nomad rejects: a sentence in place of a report", async () => {
  const api = await new FakeApi(({ line }) =>
    line.endsWith("/plan?namespace=default")
      ? { status: 500, body: rejection }
      : { body: line.endsWith("/parse") ? { ID: "nginx" } : '"leader"' },
  ).start();
  const asked = askNomad(plannedJobs(savedPreview("nomad-rejects")), { servers: [api.url], headers: {} });
  const { message } = (await asked.catch((error: Error) => error)) as Error;
  await api.stop();
  expectReport("nomad-rejects.txt", `${message.replace(api.url, "http://10.20.0.11:4646")}\n`);
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
