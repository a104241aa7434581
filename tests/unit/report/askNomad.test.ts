import { askNomad } from "../../../tasks/report/askNomad";
import { PreviewError } from "../../../tasks/report/error";
import { type ApiAnswer, FakeApi } from "../../support/fakeApi";

const jobs = new Map([["web", { jobspec: 'variable "n" {}\njob "web" {}', vars: { n: "2" } }]]);
const headers = { "x-nomad-token": "t" };

async function asking(answers: Readonly<Record<string, ApiAnswer>>) {
  const api = await new FakeApi(({ line }) => answers[line.replace(/\?.*/, "")] ?? { status: 404 }).start();
  try {
    return { asked: await askNomad(jobs, { servers: [api.url], headers }), api };
  } finally {
    await api.stop();
  }
}

const leader = { "GET /v1/status/leader": { body: '"10.0.0.1:4647"' } };
const parse = { "PUT /v1/jobs/parse": { body: { ID: "web", Namespace: "batch" } } };

test("a job is read and planned in its namespace, and nothing is registered", async () => {
  const plan = { body: { Diff: { Type: "Added" }, Annotations: { DesiredTGUpdates: { web: { Place: 2 } } } } };
  const { asked, api } = await asking({ ...leader, ...parse, "PUT /v1/job/web/plan": plan });
  expect(asked.plans.get("web")).toMatchObject({ change: "Added", groups: [{ group: "web", create: 2 }] });
  expect(api.lines).toEqual(["GET /v1/status/leader", "PUT /v1/jobs/parse", "PUT /v1/job/web/plan?namespace=batch"]);
  expect(api.asked.map(({ headers: sent }) => sent["x-nomad-token"])).toEqual(["t", "t", "t"]);
  expect(api.asked[1]?.body).toMatchObject({ JobHCL: expect.stringContaining('job "web"'), Variables: 'n = "2"\n' });
});

test.each([
  [
    "the token",
    { ...leader, "PUT /v1/jobs/parse": { status: 403, body: "Permission denied" } },
    /refuses the token \(403/,
  ],
  [
    "a job's text",
    { ...leader, "PUT /v1/jobs/parse": { status: 400, body: "no such block" } },
    /rejects the job web \(400\): no such block\. Put its file/,
  ],
  [
    "a job",
    { ...leader, ...parse, "PUT /v1/job/web/plan": { status: 500, body: "bad group" } },
    /rejects the job web \(500\): bad group\. Put/,
  ],
  [
    "to make sense",
    { ...leader, ...parse, "PUT /v1/job/web/plan": { body: "hello" } },
    /an answer for the job web that is no plan/,
  ],
])("Nomad refuses %s: a sentence", async (_, answers, message) => {
  const refused = asking(answers);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toBeInstanceOf(PreviewError);
});

test("a cluster without a leader, and one that nobody reaches, are said to be so", async () => {
  const { asked } = await asking({ "GET /v1/status/leader": { status: 500, body: "No cluster leader" } });
  expect(asked.plans.size).toBe(0);
  expect(asked.note).toMatch(/no Nomad server can be reached: .*500: No cluster leader/);
  const nobody = await askNomad(jobs, { servers: ["http://127.0.0.1:1"], headers });
  expect(nobody.note).toMatch(/http:\/\/127.0.0.1:1 \(.*connect ECONNREFUSED/);
});
