import { expectGolden } from "../support/golden";
import { type Run, runProgram, type StackValues, stackFile } from "../support/program";

const stacks: Record<string, StackValues> = {
  dev: stackFile("Pulumi.dev.yaml"),
  prod: stackFile("tests/stack/fixtures/Pulumi.prod.yaml"),
  ingress: stackFile("tests/stack/fixtures/Pulumi.ingress.yaml"),
};

describe.each([
  { stack: "dev", warnings: [], jobs: ["2048-game", "nginx", "redis", "sleep"] },
  {
    stack: "prod",
    warnings: ["Fabio runs on client-1 alone: when that host is away, nothing is reached."],
    jobs: ["nginx", "redis"],
  },
  { stack: "ingress", warnings: [], jobs: ["edge-fabio-nomad-job", "nginx"] },
])("the stack $stack", ({ stack, warnings, jobs }) => {
  let run: Run;
  beforeAll(async () => {
    run = await runProgram(stack, stacks[stack] as StackValues);
  });

  test("registers what was reviewed", () => {
    expect(run.error).toBeUndefined();
    expectGolden(stack, run.engine.registered);
  });

  test("registers its jobs, behind the gate", () => {
    expect(
      run.engine
        .all("Job")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(jobs);
  });

  test("warns of what is weaker than it could be", () => {
    expect(run.warnings.map((line) => line.replace(/^warning: \[runtime\] /, ""))).toEqual(warnings);
  });

  test("registers the same when it is run again", async () => {
    const again = await runProgram(stack, stacks[stack] as StackValues);
    const sorted = (each: Run) => each.engine.registered.map((resource) => JSON.stringify(resource)).sort();
    expect(sorted(again)).toEqual(sorted(run));
  });
});

test("a bad stack registers nothing, and all that is wrong with it and its jobs is told together", async () => {
  const { engine, error } = await runProgram("bad", {
    ...stacks.dev,
    "hashistack:clutser": { name: "x" },
    "hashistack:cluster": { sandbox: true, name: "Not A Name" },
    "hashistack:versions": { nomad: 1.11 },
    "hashistack:jobs": { ngnix: {}, sleep: { vars: { seconds: 5 } }, "2048-game": { vars: { port: "eighty" } } },
  });
  expect(error?.message).toBe(
    [
      "6 problems in this stack, nothing was changed:",
      "  - clutser: unknown key; expected one of cluster, versions, images, software, ssh, hosts, groups, consul, nomad, vault, fabio, health, security, jobs",
      '  - cluster.name = "Not A Name": expected 1 to 63 lower-case letters, digits and inner hyphens',
      '  - versions.nomad = 1.11: expected a version in quotes, such as "1.11.3"',
      '  - jobs.2048-game.vars.port = "eighty": expected a number, as jobs/2048-game.nomad.hcl declares it',
      "  - jobs.ngnix: no such job file; the files in jobs/ are: 2048-game, nginx, redis, sleep",
      "  - jobs.sleep.vars.seconds = 5: jobs/sleep.nomad.hcl has no such variable; it declares none",
    ].join("\n"),
  );
  // The root of the stack is the engine's, not the program's.
  expect(engine.registered.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
});

test("a stack with nothing said at all is told what it needs", async () => {
  const { engine, error } = await runProgram("empty", {});
  expect(error?.message).toContain("  - hosts: expected at least one host, here or in a group");
  expect(engine.registered).toHaveLength(1);
});

test("a stack without jobs is a cluster all the same", async () => {
  const { error, engine } = await runProgram("none", { ...stacks.dev, "hashistack:jobs": {} });
  expect(error).toBeUndefined();
  expect(engine.all("Job")).toEqual([]);
});

test("what cannot run Fabio as a job is told before anything is registered", async () => {
  const { engine, error } = await runProgram("refused", {
    ...stacks.dev,
    "hashistack:fabio": { runsAs: "nomad-job" },
    "hashistack:nomad": { drivers: ["exec"], namespaces: { ingress: {} } },
  });
  expect(error?.message).toBe(
    [
      "2 problems in this stack, nothing was changed:",
      '  - hosts[0].drivers = ["exec"]: Fabio is a Nomad job (fabio.runsAs) that takes the driver docker, which ingress host ' +
        "sandbox does not offer; add it here or to nomad.drivers",
      "  - nomad.namespaces.ingress: Fabio's job has this namespace for itself (fabio.runsAs), because its tasks may do in " +
        "Consul what Fabio may; give this one another name",
    ].join("\n"),
  );
  expect(engine.registered.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
});
