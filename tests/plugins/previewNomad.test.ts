import { askNomad } from "../../tasks/report/askNomad";
import { NomadAgent } from "./support/nomadAgent";
import { nomadCommand } from "./support/tools";

jest.setTimeout(120_000);

let agent: NomadAgent;
beforeAll(async () => {
  agent = await NomadAgent.start(await nomadCommand());
});
afterAll(() => agent?.stop());

const jobspec = (count: number, more = "") => `job "web" {
  group "web" {
    count = ${count}
    ${more}
    task "web" {
      driver = "raw_exec"
      config {
        command = "/bin/sleep"
        args    = ["3600"]
      }
    }
  }
}`;

const plan = (text: string, token = agent.token) =>
  askNomad(new Map([["web", { jobspec: text, vars: {} }]]), {
    servers: [agent.address],
    headers: { "x-nomad-token": token },
  });

test("the real Nomad says what it would create, and registers nothing", async () => {
  const { plans, note } = await plan(jobspec(2));
  expect(note).toContain(agent.address);
  expect(plans.get("web")).toMatchObject({ change: "Added", groups: [{ group: "web", create: 2 }], failures: [] });
  expect(await agent.api("GET", "/v1/jobs")).toEqual([]);
});

test("and why something finds no place", async () => {
  const more = 'constraint {\n  attribute = "${attr.kernel.name}"\n  value = "plan9"\n}';
  const { plans } = await plan(jobspec(3, more));
  expect(plans.get("web")?.failures).toEqual([
    { group: "web", unplaced: 3, why: ["constraint ${attr.kernel.name} = plan9: 1 node filtered out"] },
  ]);
});

test("and what is wrong with a job", async () => {
  await expect(plan('job "web" {\n  group "web" {}\n}')).rejects.toThrow(
    /rejects the job web: 500: .*[Mm]issing tasks/s,
  );
  await expect(plan('job "web" {\n  grup "x" {}\n}')).rejects.toThrow(/rejects the job web: 400: .*grup/s);
});

test("and that it does not know a token", async () => {
  await expect(plan(jobspec(1), "00000000-0000-4000-8000-0000000000aa")).rejects.toThrow(/refuses the token \(403/);
});
