import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { renderFabioJob } from "../../components/fabio/job";
import type { FabioJobPlan } from "../../components/fabio/jobPlan";
import { ingressRequirement } from "../../components/health/list";
import { JobSet } from "../../components/jobs/jobSet";
import { clusterOf, lockedClusterOf, type Raw, secretsFor, topologyOf } from "../support/configs";
import { MockEngine } from "../support/mockEngine";

const asJob = (raw: Raw, fabio: object = {}): Raw => ({ ...raw, fabio: { runsAs: "nomad-job", ...fabio } });

async function made(raw: Raw, preview = false) {
  const engine = await MockEngine.start(pulumi, { preview });
  const topology = topologyOf(raw);
  const cluster = new Cluster("prod", { topology, secrets: secretsFor(raw) });
  const jobs = [{ name: "nginx", id: "nginx", jobspec: 'job "nginx" {}', vars: {}, images: [], staticPorts: [] }];
  new JobSet("jobs", { jobs }, { providers: { nomad: cluster.nomadProvider } });
  await engine.settled();
  return { engine, cluster, topology, plan: topology.fabioJob as FabioJobPlan };
}

const component = "hashistack:fabio:FabioJob::prod-fabio-nomad";
const provider = "pulumi:providers:nomad::prod-nomad-ingress";
const clusterGate = "command:local:Command::prod-gate-wait";
const ingressGate = "command:local:Command::prod-fabio-nomad-gate-wait";
const namespace = "nomad:index/namespace:Namespace::prod-fabio-nomad-namespace";
const variable = "nomad:index/variable:Variable::prod-fabio-nomad-certificate";
const job = "nomad:index/job:Job::prod-fabio-nomad-job";

const certificate = { certFile: "ingress.pem", keyFile: "ingress-key.pem" };

describe("locked, with a certificate", () => {
  let engine: MockEngine;
  let plan: FabioJobPlan;
  let topology: ReturnType<typeof topologyOf>;
  let cluster: Cluster;
  beforeAll(async () => {
    ({ engine, plan, topology, cluster } = await made(asJob(lockedClusterOf(3, 3, 2), { certificate })));
  });

  test("no host runs Fabio as an agent, nor has an image or a token for one", () => {
    for (const type of ["Container", "RemoteImage", "RandomPassword"]) {
      expect(engine.all(type).filter(({ name }) => name.includes("fabio"))).toEqual([]);
    }
  });

  test("its parts have it for a parent, and its provider, which waits for the cluster's gate", () => {
    expect(engine.get("FabioJob", "prod-fabio-nomad").parent).toBe("hashistack:fabio:Fabio::prod-fabio");
    for (const [type, name] of [
      ["Namespace", "prod-fabio-nomad-namespace"],
      ["Variable", "prod-fabio-nomad-certificate"],
      ["Job", "prod-fabio-nomad-job"],
    ] as const) {
      expect(engine.get(type, name)).toMatchObject({ parent: component, provider });
    }
    expect(engine.get("nomad", "prod-nomad-ingress").dependencies).toContain(clusterGate);
  });

  test("the job is the rendered one, and is gone for good once it goes", () => {
    const { inputs, dependencies, deleteBeforeReplace, timeouts } = engine.get("Job", "prod-fabio-nomad-job");
    expect(inputs).toEqual({
      jobspec: renderFabioJob(plan, { ca: "the authority's certificate", certificate: "text of ingress.pem" }),
      json: true,
      detach: false,
      rerunIfDead: true,
      purgeOnDestroy: true,
    });
    expect(dependencies).toEqual([namespace, variable, ...authorityOf(dependencies)].sort());
    expect({ deleteBeforeReplace, timeouts }).toEqual({
      deleteBeforeReplace: true,
      timeouts: { create: "12m", update: "12m" },
    });
  });

  test("its namespace is its own", () => {
    const { inputs, dependencies } = engine.get("Namespace", "prod-fabio-nomad-namespace");
    expect(inputs).toMatchObject({ name: "ingress" });
    expect(dependencies).toEqual([]);
  });

  test("the key is a secret in a variable that this job alone may read, and nowhere in the job", () => {
    const { inputs, dependencies, deleteBeforeReplace } = engine.get("Variable", "prod-fabio-nomad-certificate");
    expect(inputs).toMatchObject({
      namespace: "ingress",
      path: "nomad/jobs/fabio",
      items: { value: { cert: "text of ingress.pem", key: "text of ingress-key.pem" } },
    });
    expect(dependencies).toEqual([namespace]);
    expect(deleteBeforeReplace).toBe(true);
    const holders = engine.registered.filter((each) => JSON.stringify(each.inputs).includes("text of ingress-key.pem"));
    expect(holders.map(({ name }) => name)).toEqual(["prod-fabio-nomad-certificate"]);
  });

  test("tasks of its namespace get Fabio's policy, and those of others do not", () => {
    const policies = (name: string) => engine.get("AclRole", name).inputs.policies;
    expect(policies("prod-consul-tasks-role-ingress")).toEqual(["prod-consul-acl-fabio-id"]);
    expect(policies("prod-consul-tasks-role-default")).toEqual(["prod-consul-acl-tasks-id"]);
    expect(engine.get("AclBindingRule", "prod-consul-tasks-tasks").dependencies).toContain(
      "consul:index/aclRole:AclRole::prod-consul-tasks-role-ingress",
    );
    expect(engine.get("Command", "prod-gate-wait").dependencies).toContain(
      "consul:index/aclBindingRule:AclBindingRule::prod-consul-tasks-tasks",
    );
  });

  test("the cluster's gate does not ask for it, a second one does, and other jobs come after that", () => {
    const asked = (name: string) => JSON.parse(String(engine.get("Command", name).inputs.stdin));
    expect(asked("prod-gate-wait").requirements.map(({ kind }: { kind: string }) => kind)).toEqual([
      "quorum",
      "consul-members",
      "quorum",
      "nomad-clients",
    ]);
    expect(asked("prod-fabio-nomad-gate-wait")).toEqual({
      title: "Ingress of cluster hashistack",
      timeoutSeconds: 180,
      requirements: [ingressRequirement(topology)],
      access: { ca: "the authority's certificate", consulToken: expect.any(String), nomadToken: expect.any(String) },
    });
    expect(ingressRequirement(topology)).toMatchObject({ kind: "ingress", fabios: [{ name: "c1" }, { name: "c2" }] });
    expect(engine.get("nomad", "prod-nomad-jobs").dependencies).toContain(ingressGate);
    expect(engine.get("Job", "nginx").provider).toBe("pulumi:providers:nomad::prod-nomad-jobs");
  });

  test("its gate is passed anew after every registration and for every agent below it", () => {
    const { inputs, dependencies } = engine.get("Command", "prod-fabio-nomad-gate-wait");
    const agents = engine.all("Container").map(({ name }) => `${name}-id`);
    expect([...(inputs.triggers as string[])].sort()).toEqual(["7", ...agents].sort());
    expect(dependencies).toContain(job);
  });

  test("what was found healthy is what both gates found", async () => {
    const text = await new Promise<string>((resolve) => cluster.healthy.apply(resolve));
    expect(text).toBe("Cluster hashistack: healthy\nIngress of cluster hashistack: healthy");
  });

  test("names exactly its public fields", () => {
    expect(engine.get("FabioJob", "prod-fabio-nomad").outputs).toEqual({
      gate: "Ingress of cluster hashistack: healthy",
      status: "running",
    });
    expect(engine.get("Fabio", "prod-fabio").outputs).toEqual({
      urls: ["http://10.1.0.1:9999", "http://10.1.0.2:9999"],
    });
  });
});

/** The authority's certificate stands in the job: a dependency through inputs. */
function authorityOf(dependencies: readonly string[]): string[] {
  return dependencies.filter((each) => each.startsWith("tls:"));
}

test("in an open cluster it needs no token, no certificate and no role", async () => {
  const { engine, plan } = await made(asJob(clusterOf(3, 2, 2)));
  expect(engine.get("Job", "prod-fabio-nomad-job").inputs.jobspec).toBe(renderFabioJob(plan));
  expect(engine.get("Job", "prod-fabio-nomad-job").dependencies).toEqual([namespace]);
  expect([...engine.all("Variable"), ...engine.all("AclRole")]).toEqual([]);
});

test("without an ingress host nothing is registered", async () => {
  const { engine } = await made(asJob(clusterOf(3, 2, 0)));
  expect(engine.all("Job").map(({ name }) => name)).toEqual(["nginx"]);
  expect([...engine.all("Namespace"), ...engine.all("FabioJob")]).toEqual([]);
  expect(engine.get("nomad", "prod-nomad-jobs").dependencies).toEqual([clusterGate]);
});

test("a preview registers the same, and shows the job of an open cluster whole", async () => {
  const raw = asJob(clusterOf(3, 2, 2));
  const [real, preview] = [await made(raw), await made(raw, true)];
  const names = ({ engine }: typeof real) => engine.registered.map(({ type, name }) => `${type}::${name}`).sort();
  expect(names(preview)).toEqual(names(real));
  expect(preview.engine.get("Job", "prod-fabio-nomad-job").inputs.jobspec).toBe(renderFabioJob(preview.plan));
});

test("a stack that says nothing of it has no trace of the job", async () => {
  const { engine } = await made(lockedClusterOf(3, 2, 2));
  expect(engine.registered.filter(({ name }) => /ingress|fabio-nomad/.test(name))).toEqual([]);
});
