import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { NomadAgent } from "./support/nomadAgent";
import { PulumiProject } from "./support/pulumiProject";
import { nomadCommand, pulumiCommand } from "./support/tools";

jest.setTimeout(180_000);

let agent: NomadAgent;
let project: PulumiProject;

beforeAll(async () => {
  agent = await NomadAgent.start(await nomadCommand());
  project = await PulumiProject.create("hs-test-nomad", await pulumiCommand(), [
    { kind: "resource", name: "nomad", version: "2.6.1" },
  ]);
  // The typed SDK is TypeScript: the programs are run by ts-node, Pulumi's own way.
  const folder = project.folder;
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "hs-test-nomad", main: "index.ts" }));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: hs-test-nomad\nruntime: nodejs\n");
  await writeFile(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        module: "node16",
        moduleResolution: "node16",
        esModuleInterop: true,
        resolveJsonModule: true,
        noCheck: true,
      },
    }),
  );
});

afterAll(async () => {
  await project?.dispose();
  await agent?.stop();
});

/** Sets the program: `nomad`, `pulumi` and `opts`, which holds the provider, are in scope. */
async function program(body: string, address = agent.address): Promise<void> {
  await rm(path.join(project.folder, "index.js"), { force: true });
  await writeFile(
    path.join(project.folder, "index.ts"),
    `import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
const provider = new nomad.Provider("nomad", { address: "${address}", secretId: "${agent.token}" });
const opts = { provider, deleteBeforeReplace: true };
${body}
`,
  );
}

interface Spec {
  readonly id?: string;
  readonly count?: number;
  readonly command?: string;
  readonly memory?: number;
  readonly head?: string;
  readonly type?: string;
}

function jobspec({
  id = "hs-sleep",
  count = 1,
  command = "/bin/sleep",
  memory = 16,
  head = "",
  type = "service",
}: Spec) {
  const update = 'update {\n min_healthy_time = "1s"\n healthy_deadline = "15s"\n progress_deadline = "20s"\n }';
  return `${head}job "${id}" {
  type = "${type}"
  group "sleepers" {
    count = ${count}
    ${type === "service" ? update : ""}
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }
    task "sleep" {
      driver = "raw_exec"
      config {
        command = "${command}"
        args    = ["1000"]
      }
      resources {
        cpu    = 20
        memory = ${memory}
      }
    }
  }
}
`;
}

const jobProgram = (spec: string, more = "") =>
  program(`const job = new nomad.Job("sleep", { jobspec: ${JSON.stringify(spec)}, detach: false, ${more} }, opts);
export const status = job.status;
export const deployment = job.deploymentStatus;
export const groups = job.taskGroups.apply((all) => all.map((g) => g.name + ":" + g.count + ":" + g.tasks.length));`);

const up = (...more: string[]) => project.run(["up", "--yes", "--skip-preview", ...more]);
const preview = (...more: string[]) => project.run(["preview", "--diff", ...more]);
const output = async (name: string) => JSON.parse(await project.run(["stack", "output", name, "--json"])) as unknown;
const failedUp = async (...more: string[]) => {
  const { code, text } = await project.attempt(["up", "--yes", "--skip-preview", ...more]);
  expect(code).not.toBe(0);
  return text;
};
const inNomad = (id: string) =>
  agent.api<{ Status: string; Stop: boolean; Version: number; TaskGroups: { Count: number }[] }>(
    "GET",
    `/v1/job/${id}`,
  );

describe("nomad.Job", () => {
  test("registers, waits for the deployment and records what the cluster says", async () => {
    await jobProgram(jobspec({}));
    await up();

    expect(await output("status")).toBe("running");
    expect(await output("deployment")).toBe("successful");
    expect(await output("groups")).toEqual(["sleepers:1:1"]);
    const { sleep } = await project.state();
    expect(sleep?.id).toBe("hs-sleep");
    expect(sleep?.inputs).toEqual({
      __defaults: ["deregisterOnDestroy", "deregisterOnIdChange", "preserveCounts", "rerunIfDead"],
      deregisterOnDestroy: true,
      deregisterOnIdChange: true,
      detach: false,
      jobspec: jobspec({}),
      preserveCounts: false,
      rerunIfDead: false,
    });
    expect(sleep?.outputs).toMatchObject({
      name: "hs-sleep",
      namespace: "default",
      type: "service",
      region: "global",
      status: "running",
      stop: false,
      priority: 50,
      version: 0,
      deploymentStatus: "successful",
      modifyIndex: expect.stringMatching(/^\d+$/),
      submitTime: expect.stringMatching(/^\d{19}$/),
      taskGroups: [
        {
          name: "sleepers",
          count: 1,
          meta: {},
          volumes: [],
          tasks: [{ name: "sleep", driver: "raw_exec", meta: {}, volumeMounts: [] }],
          updateStrategies: [
            expect.objectContaining({ minHealthyTime: "1s", healthyDeadline: "15s", maxParallel: 1, stagger: "30s" }),
          ],
        },
      ],
      __meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":300000000000,"update":300000000000}}',
    });
  });

  test("has nothing to do in a second run, nor after a refresh", async () => {
    expect(await up()).toMatch(/3 unchanged/);
    expect(await up("--refresh")).toMatch(/3 unchanged/);
    expect((await inNomad("hs-sleep")).Version).toBe(0);
  });

  test("takes comments, spaces and written-out defaults for no change", async () => {
    const spec = jobspec({}).replace("group", "// the sleepers\n\n  priority = 50\n  group");
    await jobProgram(spec);
    expect(await up()).toMatch(/3 unchanged/);
  });

  test("previews and updates exactly what changed", async () => {
    await jobProgram(jobspec({ count: 2 }));
    const shown = await preview();
    expect(shown).toMatch(/1 to update/);
    expect(shown).toContain("count = 2");
    expect((await inNomad("hs-sleep")).Version).toBe(0);

    expect(await up()).toMatch(/1 updated/);
    const live = await inNomad("hs-sleep");
    expect(live.TaskGroups[0]?.Count).toBe(2);
    expect(await output("groups")).toEqual(["sleepers:2:1"]);
  });

  test("registers a job again that was stopped by hand, once a refresh showed it dead", async () => {
    await jobProgram(jobspec({}), "rerunIfDead: true");
    await up();
    await agent.api("DELETE", "/v1/job/hs-sleep");
    await agent.until("a dead job", async () => (await inNomad("hs-sleep")).Status === "dead");

    expect(await up("--refresh")).toMatch(/1 updated/);
    const live = await inNomad("hs-sleep");
    expect({ status: live.Status, stop: live.Stop }).toEqual({ status: "running", stop: false });
    expect(await up("--refresh")).toMatch(/3 unchanged/);
  });

  test("wins over a version that somebody registered by hand", async () => {
    const theirs = jobspec({ count: 3 });
    const parsed = await agent.api<Record<string, unknown>>("PUT", "/v1/jobs/parse", { JobHCL: theirs });
    await agent.api("PUT", "/v1/jobs", { Job: parsed, Submission: { Source: theirs, Format: "hcl2" } });

    expect(await up("--refresh")).toMatch(/1 updated/);
    expect((await inNomad("hs-sleep")).TaskGroups[0]?.Count).toBe(1);
  });

  test("does not overwrite unseen what somebody registered: it asks for a refresh", async () => {
    const theirs = jobspec({ count: 3 });
    const parsed = await agent.api<Record<string, unknown>>("PUT", "/v1/jobs/parse", { JobHCL: theirs });
    await agent.api("PUT", "/v1/jobs", { Job: parsed, Submission: { Source: theirs, Format: "hcl2" } });

    await jobProgram(jobspec({ memory: 17 }), "rerunIfDead: true");
    const text = await failedUp();
    expect(text).toContain("job modify index has changed since last refresh");
    expect(text).toContain("pulumi refresh");
    expect((await inNomad("hs-sleep")).TaskGroups[0]?.Count).toBe(3);
    expect(await up("--refresh")).toMatch(/1 updated/);
    expect((await inNomad("hs-sleep")).TaskGroups[0]?.Count).toBe(1);
  });

  test("says why a job does not come up, and remembers the job", async () => {
    await jobProgram(jobspec({ command: "/no/such/command" }));
    const text = await failedUp();
    expect(text).toContain("error waiting for job hs-sleep to schedule/deploy successfully");
    expect(text).toMatch(/deployment failed, 0\/1 healthy/);
    expect(text).toMatch(/task sleep: .*\/no\/such\/command/s);
    expect((await project.state()).sleep?.outputs.deploymentStatus).toBe("failed");

    await jobProgram(jobspec({}));
    await up();
    expect(await output("deployment")).toBe("successful");
  });

  test("says what no node has enough of when the time is up", async () => {
    const spec = jobspec({ id: "hs-large", memory: 99_999_999 });
    await program(`new nomad.Job("large", { jobspec: ${JSON.stringify(spec)}, detach: false },
      { ...opts, customTimeouts: { create: "5s" } });`);
    const text = await failedUp();
    expect(text).toMatch(/not healthy within 5 seconds \(deployment running, 0\/1 healthy\)/);
    expect(text).toMatch(/group sleepers: no node could take it: 1 node out of memory/);
    expect(text).toContain("customTimeouts");
    await program("");
    await up();
    expect((await inNomad("hs-large")).Stop).toBe(true);
  });

  test("replaces on a new job ID and stops the old job", async () => {
    await jobProgram(jobspec({ id: "hs-one" }), "purgeOnDestroy: true");
    await up();
    await jobProgram(jobspec({ id: "hs-two" }), "purgeOnDestroy: true");
    expect(await preview()).toMatch(/1 to replace/);
    expect(await up()).toMatch(/1 replaced/);
    expect((await inNomad("hs-two")).Status).toBe("running");
    await expect(inNomad("hs-one")).rejects.toThrow("404");
  });

  test("gives HCL variables the types that the jobspec declares", async () => {
    const head = 'variable "count" { type = number }\nvariable "args" { type = list(string) }\nvariable "job" {}\n';
    const spec = jobspec({ head }).replace("count = 1", "count = var.count").replace('["1000"]', "var.args");
    const withVars = (vars: string) =>
      jobProgram(
        spec.replace('variable "job" {}', 'variable "job" { default = "x" }'),
        `purgeOnDestroy: true, hcl2: { vars: ${vars} }`,
      );
    await withVars(`{ count: "2", args: '["900"]', job: 'a "quoted" \${text}' }`);
    await up();
    const live = await agent.api<{ TaskGroups: { Count: number; Tasks: { Config: unknown }[] }[] }>(
      "GET",
      "/v1/job/hs-sleep",
    );
    expect(live.TaskGroups[0]?.Count).toBe(2);
    expect(live.TaskGroups[0]?.Tasks[0]?.Config).toEqual({ command: "/bin/sleep", args: ["900"] });
    expect(await up("--refresh")).toMatch(/3 unchanged/);

    await withVars(`{ count: "1", args: '["900"]' }`);
    expect(await up()).toMatch(/1 updated/);
    expect((await inNomad("hs-sleep")).TaskGroups[0]?.Count).toBe(1);

    await withVars(`{ count: "1", args: '["900"]', colour: "red" }`);
    expect(await failedUp()).toContain("hcl2.vars gives colour, which the jobspec does not declare");
  });

  test("refuses a jobspec that does not parse, with Nomad's own words, in the preview already", async () => {
    await jobProgram(jobspec({}).replace('driver = "raw_exec"', 'driver = "raw_exec'));
    const { code, text } = await project.attempt(["preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain("the jobspec cannot be read");
    expect(text).toMatch(/input\.hcl:\d+/);
  });

  test("previews without a cluster, by the text of the jobspec alone", async () => {
    const nowhere = "http://127.0.0.1:1";
    await program(
      `const job = new nomad.Job("other", { jobspec: ${JSON.stringify(jobspec({ id: "hs-other" }))}, detach: false }, opts);
      export const name = job.name;`,
      nowhere,
    );
    const text = await project.run(["preview"]);
    expect(text).toMatch(/name\s*: "hs-other"/);
    expect(text).toMatch(/1 to create/);
    expect(await failedUp()).toContain("Nomad at http://127.0.0.1:1 cannot be reached");
  });

  test("runs batch jobs without a deployment", async () => {
    const spec = jobspec({ id: "hs-batch", type: "batch" });
    await program(`const job = new nomad.Job("batch", { jobspec: ${JSON.stringify(spec)}, detach: false, purgeOnDestroy: true }, opts);
      export const type = job.type;`);
    await up();
    const { batch } = await project.state();
    expect(batch?.outputs).toMatchObject({ type: "batch", updateStrategies: expect.any(Array), periodicConfigs: [] });
    expect(batch?.outputs).not.toHaveProperty("deploymentId");
  });

  test("refuses by name what it does not support", async () => {
    await jobProgram(jobspec({}), 'hcl2: { allowFs: true }, ...({ consulToken: "x" } as object)');
    const text = await failedUp();
    expect(text).toContain("does not support `hcl2.allowFs`");
  });
});

describe("namespaces, node pools, policies, tokens and variables", () => {
  const everything = (description: string, more = "") =>
    program(`
const namespace = new nomad.Namespace("ns", { name: "hs-team", description: "${description}", meta: { owner: "us" },
  capabilities: { enabledTaskDrivers: ["raw_exec"] } }, opts);
const pool = new nomad.NodePool("pool", { name: "hs-pool", description: "${description}" }, opts);
const policy = new nomad.AclPolicy("policy", { name: "hs-policy", description: "${description}",
  rulesHcl: 'namespace "hs-team" { policy = "read" }' }, opts);
const token = new nomad.AclToken("token", { name: "hs-token", type: "client", policies: [policy.name] }, opts);
const variable = new nomad.Variable("variable", { path: "hs/settings", namespace: namespace.name,
  items: { user: "nginx", password: "s3cret-${description}" } }, opts);
const unseen = new nomad.Variable("unseen", { path: "hs/unseen", namespace: namespace.name,
  itemsWo: JSON.stringify({ key: "wr1te-only" }), itemsWoVersion: 1 }, opts);
export const accessor = token.accessorId;
export const secret = token.secretId;
${more}`);

  test("are created, changed in place, and left alone when nothing changed", async () => {
    await everything("first");
    await up();
    expect(await up("--refresh")).toMatch(/8 unchanged/);

    const read = <T>(route: string) => agent.api<T>("GET", route);
    expect(await read("/v1/namespace/hs-team")).toMatchObject({
      Description: "first",
      Meta: { owner: "us" },
      Capabilities: { EnabledTaskDrivers: ["raw_exec"] },
    });
    expect(await read("/v1/node/pool/hs-pool")).toMatchObject({ Description: "first" });
    expect(await read("/v1/acl/policy/hs-policy")).toMatchObject({ Description: "first" });
    expect(await read("/v1/var/hs/settings?namespace=hs-team")).toMatchObject({
      Items: { user: "nginx", password: "s3cret-first" },
    });
    expect(await read("/v1/var/hs/unseen?namespace=hs-team")).toMatchObject({ Items: { key: "wr1te-only" } });

    const secret = String(JSON.parse(await project.run(["stack", "output", "secret", "--show-secrets", "--json"])));
    const own = await agent.api<{ AccessorID: string }>("GET", "/v1/acl/token/self", undefined, secret);
    expect(own.AccessorID).toBe(await output("accessor"));

    await everything("second");
    expect(await up()).toMatch(/4 updated/);
    expect(await read("/v1/namespace/hs-team")).toMatchObject({ Description: "second" });
    expect(await read("/v1/var/hs/settings?namespace=hs-team")).toMatchObject({ Items: { password: "s3cret-second" } });
  });

  test("notice what somebody changed or deleted behind the state's back", async () => {
    await agent.api("DELETE", "/v1/acl/policy/hs-policy");
    await agent.api("PUT", "/v1/node/pools", { Name: "hs-pool", Description: "theirs" });
    const text = await up("--refresh");
    expect(text).toMatch(/1 created/);
    expect(text).toMatch(/1 updated/);
    expect(await agent.api("GET", "/v1/node/pool/hs-pool")).toMatchObject({ Description: "second" });
  });

  test("keep secrets as secrets only", async () => {
    const token = String(JSON.parse(await project.run(["stack", "output", "secret", "--show-secrets", "--json"])));
    const plain = await project.run(["stack", "export"]);
    for (const secret of [token, "s3cret-second", "wr1te-only", agent.token]) expect(plain).not.toContain(secret);
    expect(await preview()).not.toContain("s3cret");
    const { unseen } = await project.state();
    expect(unseen?.outputs).not.toHaveProperty("items");
    expect(unseen?.outputs).not.toHaveProperty("itemsWo");
  });

  test("can be looked up and imported", async () => {
    await everything(
      "second",
      `const found = nomad.Namespace.get("found", "hs-team", undefined, { provider });
       export const owner = found.meta.apply((meta) => meta?.owner);`,
    );
    await up();
    expect(await output("owner")).toBe("us");

    await agent.api("PUT", "/v1/node/pools", { Name: "hs-adopted", Description: "made by hand" });
    await everything(
      "second",
      'new nomad.NodePool("adopted", { name: "hs-adopted", description: "made by hand" }, { ...opts, import: "hs-adopted" });',
    );
    expect(await up()).toMatch(/1 imported/);
    expect(await up()).toMatch(/unchanged/);
  });

  test.each([
    ['AclToken("x", { type: "management", policies: ["y"] }', "a management token may do anything"],
    ['Variable("x", { path: "nomad/secret", items: { a: "b" } }', "only nomad/jobs and nomad/job-templates/<name>"],
    ['Variable("x", { path: "hs/x", itemsWo: "{}" }', "itemsWo needs itemsWoVersion"],
    [
      'NodePool("x", { schedulerConfig: { schedulerAlgorithm: "tetris" } }',
      'schedulerConfig.schedulerAlgorithm is "tetris"; it must be binpack or spread',
    ],
    ['AclPolicy("x", { rulesHcl: "", jobAcl: { task: "t" } }', "jobAcl.task needs jobAcl.group"],
  ])("explain bad input: %s", async (resource, reason) => {
    await program(`new nomad.${resource}, opts);`);
    expect(await failedUp()).toContain(reason);
  });

  test("tell what Nomad refuses and what to do", async () => {
    await program(
      'new nomad.Namespace("ns", { name: "hs-team2" }, { provider: new nomad.Provider("anonymous", { address: "' +
        agent.address +
        '" }) });',
    );
    const text = await failedUp();
    expect(text).toMatch(/error writing namespace "hs-team2": Nomad at http:\S+ answered 403 .*Permission denied/);
    expect(text).toContain("give the provider a token (secretId)");
  });

  test("are deleted, jobs first, by a destroy", async () => {
    const spec = jobspec({ id: "hs-last" }).replace('type = "service"', 'type = "service"\n  namespace = "hs-team"');
    await everything(
      "second",
      `new nomad.Job("last", { jobspec: ${JSON.stringify(spec)}, detach: false, purgeOnDestroy: true }, { ...opts, dependsOn: [namespace] });`,
    );
    await up();
    expect((await project.state()).last?.outputs.namespace).toBe("hs-team");
    await project.run(["destroy", "--yes", "--skip-preview"]);
    expect((await agent.api<{ Name: string }[]>("GET", "/v1/namespaces")).map(({ Name }) => Name)).toEqual(["default"]);
    expect(await agent.api<unknown[]>("GET", "/v1/acl/policies")).toEqual([]);
    expect((await agent.api<{ Stop: boolean }[]>("GET", "/v1/jobs?namespace=*")).filter(({ Stop }) => !Stop)).toEqual(
      [],
    );
  });
});
