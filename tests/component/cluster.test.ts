import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { JobSet } from "../../components/jobs/jobSet";
import type { JobPlan } from "../../components/jobs/plan";
import { clusterOf, sandbox, secretsFor, topologyOf } from "../support/configs";
import { MockEngine } from "../support/mockEngine";

const jobs: JobPlan[] = [
  { name: "nginx", id: "nginx", jobspec: 'job "nginx" {}', vars: { port: "80" }, images: [], staticPorts: [] },
  { name: "sleep", id: "sleep", jobspec: 'job "sleep" {}', vars: {}, images: [], staticPorts: [] },
];

async function stack(raw: Record<string, unknown>, preview = false) {
  const engine = await MockEngine.start(pulumi, { preview });
  const topology = topologyOf(raw);
  const cluster = new Cluster("prod", { topology, secrets: secretsFor(raw) });
  const jobSet = new JobSet("jobs", { jobs }, { providers: { nomad: cluster.nomadProvider } });
  await engine.settled();
  return { engine, cluster, jobSet };
}

const last = "command:local:Command::prod-gate-wait";

describe.each([
  ["the sandbox", sandbox],
  ["three servers and two clients", clusterOf(3, 2)],
])("%s", (_what, raw) => {
  let engine: MockEngine;
  beforeAll(async () => {
    ({ engine } = await stack(raw));
  });

  test("the last gate waits for every agent, and opens anew for any of them", () => {
    const containers = engine
      .all("Container")
      .map(({ name }) => name)
      .sort();
    const gate = engine.get("Command", "prod-gate-wait");
    // Emptying a client comes before it goes, and after what it serves: jobs, behind the gate.
    const drains = engine.all("Command").filter(({ name }) => name.startsWith("drain-"));
    expect(drains).toHaveLength(raw === sandbox ? 0 : 2);
    expect(gate.dependencies).toEqual([
      ...drains.map(({ name }) => `command:local:Command::${name}`).sort(),
      ...containers.map((name) => `docker:index/container:Container::${name}`),
    ]);
    expect([...(gate.inputs.triggers as string[])].sort()).toEqual(containers.map((name) => `${name}-id`));
  });

  test("jobs reach Nomad only through a provider behind the last gate", () => {
    expect(engine.get("nomad", "prod-nomad-jobs").dependencies).toEqual([last]);
    for (const job of engine.all("Job")) {
      expect(job.provider).toBe("pulumi:providers:nomad::prod-nomad-jobs");
    }
    expect(engine.all("Job")).toHaveLength(2);
  });

  test("the provider's address is known, so that previews of jobs are whole", () => {
    const { url } = topologyOf(raw).nomadServers[0] ?? { url: "" };
    expect(engine.get("nomad", "prod-nomad-jobs").inputs).toEqual({ address: url, region: "global" });
  });

  test("only a Nomad client gets the Docker socket, capabilities or looser profiles, and nothing is privileged", () => {
    for (const { name, inputs } of engine.all("Container")) {
      const client = name.endsWith("-nomad-client");
      const text = JSON.stringify({ ...inputs, uploads: undefined });
      expect({ name, socket: text.includes("docker.sock") }).toEqual({ name, socket: client });
      expect({ name, extra: "capabilities" in inputs || "securityOpts" in inputs }).toEqual({ name, extra: client });
      expect(inputs).not.toHaveProperty("privileged");
      expect(inputs).not.toHaveProperty("pidMode");
      expect(inputs).not.toHaveProperty("envs");
    }
  });

  test("every resource but the roots has a parent, and every one of an engine that engine's provider", () => {
    const roots = engine.registered.filter(({ parent }) => parent === undefined);
    expect(roots.map(({ name }) => name).sort()).toEqual(["jobs", "prod"]);
    for (const { type, provider, inputs } of engine.registered.filter(({ type }) => type.startsWith("docker:"))) {
      const { value: host } = ((inputs.labels ?? []) as { label: string; value: string }[])[2] ?? { value: undefined };
      expect({ type, provider }).toEqual({
        type,
        provider: host
          ? `pulumi:providers:docker::${host}-engine`
          : expect.stringMatching(/^pulumi:providers:docker::/),
      });
    }
  });

  test("a preview registers the same resources", async () => {
    const names = (each: MockEngine) => each.registered.map(({ type, name }) => `${type}::${name}`).sort();
    expect(names((await stack(raw, true)).engine)).toEqual(names(engine));
  });
});

test("agents start in the order that the cluster needs", async () => {
  const { engine } = await stack(clusterOf(3, 1));
  const after = (name: string) =>
    engine.get("Container", name).dependencies.filter((each) => !/RemoteImage|Volume|-sweep$/.test(each));
  const gate = (name: string) => `command:local:Command::${name}-gate-wait`;
  const client = "docker:index/container:Container::c1-consul-client";
  expect(after("c1-consul-client")).toEqual(["command:local:Command::forget-c1", gate("s3-consul-server")]);
  // Nomad and Fabio start once Consul has a leader and an agent everywhere, Nomad's clients once its servers have a key.
  expect(after("s1-nomad-server")).toEqual([gate("s3-consul-server"), client]);
  expect(after("c1-fabio")).toEqual([gate("s3-consul-server"), client]);
  expect(after("c1-nomad-client")).toEqual([gate("s3-nomad-server"), client]);
});

test("the last gate asks for the whole written list", async () => {
  const { engine } = await stack(sandbox);
  const consul = [{ name: "sandbox", url: "http://127.0.0.1:8500" }];
  const servers = [{ name: "sandbox", url: "http://127.0.0.1:4646" }];
  expect(JSON.parse(String(engine.get("Command", "prod-gate-wait").inputs.stdin))).toEqual({
    title: "Cluster hashistack",
    timeoutSeconds: 180,
    requirements: [
      { kind: "quorum", product: "consul", servers: consul },
      { kind: "consul-members", servers: consul, members: ["sandbox"] },
      { kind: "quorum", product: "nomad", servers },
      {
        kind: "nomad-clients",
        cluster: "hashistack",
        servers,
        clients: [{ name: "sandbox", drivers: ["docker", "exec"] }],
      },
      {
        kind: "ingress",
        consul,
        fabios: [{ name: "sandbox", url: "http://127.0.0.1:9999" }],
        canaryPath: "/.hashistack/health",
      },
    ],
  });
});

test("a job waits for its deployment, longer than Nomad's own deadline, and is never there twice", async () => {
  const { engine, jobSet } = await stack(sandbox);
  expect(engine.get("Job", "nginx")).toMatchObject({
    parent: "hashistack:jobs:JobSet::jobs",
    inputs: { jobspec: 'job "nginx" {}', detach: false, rerunIfDead: true, hcl2: { vars: { port: "80" } } },
    deleteBeforeReplace: true,
    timeouts: { create: "12m", update: "12m" },
  });
  expect(engine.get("Job", "sleep").inputs).toEqual({ jobspec: 'job "sleep" {}', detach: false, rerunIfDead: true });
  expect(engine.get("JobSet", "jobs").outputs).toEqual({ statuses: { nginx: "running", sleep: "running" } });
  expect(await new Promise((resolve) => jobSet.statuses.apply(resolve))).toEqual({
    nginx: "running",
    sleep: "running",
  });
});

test("no jobs are no mistake", async () => {
  const engine = await MockEngine.start(pulumi);
  new JobSet("jobs", { jobs: [] }, { providers: { nomad: new nomad.Provider("p", {}) } });
  await engine.settled();
  expect(engine.get("JobSet", "jobs").outputs).toEqual({ statuses: {} });
});

test("many clients make many resources, none of them twice, and all of them are gated", async () => {
  const { engine } = await stack(clusterOf(5, 20, 3));
  // An agent of Consul on 25 hosts, 5 servers and 20 clients of Nomad, 3 of Fabio.
  expect(engine.all("Container")).toHaveLength(25 + 5 + 20 + 3);
  expect(engine.get("Command", "prod-gate-wait").dependencies).toHaveLength(53 + 20);
});
