import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askNomad } from "../../tasks/report/askNomad";
import { plannedJobs } from "../../tasks/report/jobs";
import { Checkout } from "../e2e/checkout";
import { savedPreview, savedText } from "../previews/saved";
import { expectReport } from "../support/reportGolden";
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
    /rejects the job web \(500\): .*[Mm]issing tasks/,
  );
  await expect(plan('job "web" {\n  grup "x" {}\n}')).rejects.toThrow(/rejects the job web \(400\): .*grup/);
});

test("and that it does not know a token", async () => {
  await expect(plan(jobspec(1), "00000000-0000-4000-8000-0000000000aa")).rejects.toThrow(/refuses the token \(403/);
});

test("and why it rejects the job of a real preview", async () => {
  const jobs = plannedJobs(savedPreview("nomad-rejects"));
  const asked = askNomad(jobs, { servers: [agent.address], headers: { "x-nomad-token": agent.token } });
  const { message } = (await asked.catch((error: Error) => error)) as Error;
  expectReport("nomad-rejects.txt", `${message.replace(agent.address, "http://10.20.0.11:4646")}\n`);
});

describe("npm run preview-report", () => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await Checkout.create("nomad-plans", "nomad-plans");
    const { port } = new URL(agent.address);
    await writeFile(
      join(checkout.root, "Pulumi.prod.yaml"),
      `config:
  hashistack:cluster: { name: prod, sandbox: true }
  hashistack:hosts:
    - { name: one, address: 127.0.0.1, roles: [consul-server, nomad-server, nomad-client, ingress] }
  hashistack:nomad: { ports: { http: ${port} } }
`,
    );
  });
  afterAll(() => checkout?.remove());

  const out = () => join(checkout.root, "report.md");
  const report = async (scenario: string, token = agent.token) => {
    await rm(out(), { force: true });
    await writeFile(join(checkout.root, "saved.json"), savedText(scenario));
    const options = "--stack prod --from saved.json --format markdown --output report.md";
    return checkout.sh(`NOMAD_TOKEN=${token} npm run -s preview-report -- ${options} 2>&1`);
  };

  test("has Nomad's own plan in it", async () => {
    expect(await report("job-only")).toEqual({ code: 2, output: "" });
    const text = await readFile(out(), "utf8");
    expect(text).toContain(`Nomad's own plan is that of the server at ${agent.address}.`);
    expect(text).toMatch(/### .*Needs attention: Job nginx: Nomad finds no place for the group nginx/);
    expect(text).toContain("| group | create |");
  });

  test.each([
    [
      "a job that Nomad rejects",
      "nomad-rejects",
      undefined,
      "rejects the job nginx (500): Task group nginx validation",
    ],
    ["a token that it does not know", "job-only", "00000000-0000-4000-8000-0000000000aa", "refuses the token (403"],
  ])("ends with 1 for %s, and writes nothing", async (_, scenario, token, sentence) => {
    const { code, output } = await report(scenario, token);
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(sentence) });
    expect(output.trim().split("\n")).toHaveLength(1);
    // The token is a secret, whoever repeats it.
    expect(output).not.toContain(token ?? agent.token);
    expect(existsSync(out())).toBe(false);
  });

  test("does without where nobody answers", async () => {
    await agent.stop();
    expect(await report("job-only")).toEqual({ code: 0, output: "" });
    expect(await readFile(out(), "utf8")).toContain("because no Nomad server can be reached: http://127.0.0.1:");
  });
});
