import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { clusterOf, lockedClusterOf, type Raw, secretsFor, topologyOf } from "../support/configs";
import { MockEngine, type Registered } from "../support/mockEngine";

const kept: Raw = {
  consul: {
    keys: { "fabio/config": "route add a", "jobs/web": "" },
    serviceDefaults: { web: { protocol: "http" }, db: { protocol: "tcp" } },
    intentions: { "*": { "*": "deny" }, db: { "*": "deny", web: "allow" } },
  },
  nomad: {
    namespaces: { team: { description: "Ours" }, other: {} },
    variables: { "nomad/jobs/web": { password: "hunter2-variable" } },
  },
};

async function cluster(base: Raw, more: Raw = kept): Promise<MockEngine> {
  const hosts = (base.hosts as Raw[]).map((host) => (host.name === "c1" ? { ...host, nodePool: "edge" } : host));
  const raw = { ...base, ...more, hosts };
  const engine = await MockEngine.start(pulumi);
  new Cluster("prod", { topology: topologyOf(raw), secrets: secretsFor(raw) });
  await engine.settled();
  return engine;
}

let engine: MockEngine;
beforeAll(async () => {
  engine = await cluster(clusterOf(3, 2));
});

/** What was registered, by name, with what it is given and what it waits for. */
const told = (resources: Registered[]) =>
  Object.fromEntries(resources.map(({ name, inputs, dependencies }) => [name, { inputs, dependencies }]));
const entry = (name: string) => `consul:index/configEntry:ConfigEntry::prod-consul-catalog-${name}`;

describe("Consul", () => {
  test("keeps every key by itself, and takes it away with its resource", () => {
    const key = (path: string, value: string) => ({
      inputs: { keys: [{ path, value, delete: true }] },
      dependencies: [],
    });
    expect(told(engine.all("Keys"))).toEqual({
      "prod-consul-catalog-key-fabio/config": key("fabio/config", "route add a"),
      "prod-consul-catalog-key-jobs/web": key("jobs/web", ""),
    });
  });

  test("keeps protocols as it would give them back, then intentions in its order", () => {
    const made = told(engine.all("ConfigEntry"));
    const parsed = Object.entries(made).map(([name, { inputs, dependencies }]) => [
      name.replace("prod-consul-catalog-", ""),
      { ...inputs, configJson: JSON.parse(String(inputs.configJson)), dependencies },
    ]);
    const filled = { Expose: {}, MeshGateway: {}, TransparentProxy: {} };
    const source = (Name: string, Action: string, Precedence: number) => ({ Name, Action, Precedence, Type: "consul" });
    const afterDefaults = [entry("defaults-db"), entry("defaults-web")];
    expect(Object.fromEntries(parsed)).toEqual({
      "defaults-web": {
        kind: "service-defaults",
        name: "web",
        configJson: { Protocol: "http", ...filled },
        dependencies: [],
      },
      "defaults-db": {
        kind: "service-defaults",
        name: "db",
        configJson: { Protocol: "tcp", ...filled },
        dependencies: [],
      },
      "intentions-*": {
        kind: "service-intentions",
        name: "*",
        configJson: { Sources: [source("*", "deny", 5)] },
        dependencies: afterDefaults,
      },
      "intentions-db": {
        kind: "service-intentions",
        name: "db",
        configJson: { Sources: [source("web", "allow", 9), source("*", "deny", 8)] },
        dependencies: afterDefaults,
      },
    });
  });

  test("knows a service by one entry, however it is spelt", async () => {
    const consul = { serviceDefaults: { Web: { protocol: "http" } }, intentions: { DB: { Web: "allow" } } };
    const entries = (await cluster(clusterOf(3, 1), { consul })).all("ConfigEntry");
    expect(entries.map(({ name, inputs, deleteBeforeReplace }) => [name, inputs.name, deleteBeforeReplace])).toEqual([
      ["prod-consul-catalog-defaults-web", "Web", true],
      ["prod-consul-catalog-intentions-db", "DB", true],
    ]);
  });

  test("is reached through one provider, once its servers have a leader", () => {
    const { inputs, dependencies, parent } = engine.get("consul", "prod-consul-provider");
    expect({ inputs, dependencies, parent }).toEqual({
      inputs: { address: "10.0.0.1:8500", scheme: "http", datacenter: "dc1" },
      dependencies: ["command:local:Command::s3-consul-server-gate-wait"],
      parent: "hashistack:consul:ConsulContents::prod-consul",
    });
    for (const { parent, provider } of [...engine.all("Keys"), ...engine.all("ConfigEntry")]) {
      expect({ parent, provider }).toEqual({
        parent: "hashistack:consul:ConsulCatalog::prod-consul-catalog",
        provider: "pulumi:providers:consul::prod-consul-provider",
      });
    }
    const { parent: own, outputs } = engine.get("ConsulCatalog", "prod-consul-catalog");
    expect({ own, outputs }).toEqual({
      own: "hashistack:consul:ConsulContents::prod-consul",
      outputs: { keys: ["fabio/config", "jobs/web"] },
    });
  });

  test.each([
    ["open", clusterOf(3, 2)],
    ["locked", lockedClusterOf(3, 2)],
  ])("jobs come after keys and intentions: %s cluster", async (_, base) => {
    const gate = (await cluster(base)).get("Command", "prod-gate-wait");
    expect(gate.dependencies).toEqual(
      expect.arrayContaining([
        "consul:index/keys:Keys::prod-consul-catalog-key-jobs/web",
        entry("intentions-*"),
        entry("intentions-db"),
      ]),
    );
  });
});

describe("Nomad", () => {
  test("keeps namespaces, pools of nodes and variables, whose texts are secret", () => {
    expect(told(engine.all("Namespace"))).toEqual({
      "prod-nomad-catalog-namespace-team": { inputs: { name: "team", description: "Ours" }, dependencies: [] },
      "prod-nomad-catalog-namespace-other": { inputs: { name: "other", description: "" }, dependencies: [] },
    });
    expect(told(engine.all("NodePool"))).toEqual({
      "prod-nomad-catalog-pool-edge": { inputs: { name: "edge" }, dependencies: [] },
    });
    const variable = engine.get("Variable", "prod-nomad-catalog-variable-nomad/jobs/web");
    expect(variable.deleteBeforeReplace).toBe(true);
    expect(variable.inputs.path).toBe("nomad/jobs/web");
    expect(variable.inputs.items).toMatchObject({ value: { password: "hunter2-variable" } });
    expect(engine.all("Variable")).toHaveLength(1);
  });

  test("is reached through one provider, once its servers have a leader and a keyring", () => {
    const { inputs, dependencies, parent } = engine.get("nomad", "prod-nomad-provider");
    expect({ inputs, dependencies, parent }).toEqual({
      inputs: { address: "http://10.0.0.1:4646", region: "global" },
      dependencies: ["command:local:Command::s3-nomad-server-gate-wait"],
      parent: "hashistack:nomad:NomadContents::prod-nomad",
    });
    const all = ["Namespace", "NodePool", "Variable"].flatMap((type) => engine.all(type));
    expect(all).toHaveLength(4);
    for (const { parent, provider } of all) {
      expect({ parent, provider }).toEqual({
        parent: "hashistack:nomad:NomadCatalog::prod-nomad-catalog",
        provider: "pulumi:providers:nomad::prod-nomad-provider",
      });
    }
    const { parent: own, outputs } = engine.get("NomadCatalog", "prod-nomad-catalog");
    expect({ own, outputs }).toEqual({
      own: "hashistack:nomad:NomadContents::prod-nomad",
      outputs: { namespaces: ["team", "other"] },
    });
  });

  test("has it all before a client joins", () => {
    expect(engine.get("Container", "c1-nomad-client").dependencies).toEqual(
      expect.arrayContaining([
        "nomad:index/namespace:Namespace::prod-nomad-catalog-namespace-team",
        "nomad:index/nodePool:NodePool::prod-nomad-catalog-pool-edge",
        "nomad:index/variable:Variable::prod-nomad-catalog-variable-nomad/jobs/web",
      ]),
    );
  });
});

test("where nothing is kept, nobody is asked for it", async () => {
  const bare = await cluster(clusterOf(3, 1), {});
  expect(bare.all("ConsulCatalog")).toEqual([]);
  expect(bare.all("consul")).toEqual([]);
  // The pool of a client is.
  expect(bare.get("NomadCatalog", "prod-nomad-catalog").outputs).toEqual({ namespaces: [] });
});
