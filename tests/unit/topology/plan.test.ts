import { parseConfig } from "../../../components/config/parse";
import { planTopology } from "../../../components/topology";
import { clusterOf, sandbox, topologyOf } from "../../support/configs";
import { checkPlan } from "../../support/invariants";

test("a sandbox: every agent on one machine, the client's HTTP API beside the server's", () => {
  const plan = topologyOf(sandbox);
  expect(plan.hosts).toEqual([
    {
      name: "sandbox",
      address: "127.0.0.1",
      loopback: true,
      substrate: { kind: "docker", endpoint: "unix:///var/run/docker.sock" },
    },
  ]);
  expect(plan.consulServers).toMatchObject([
    { host: "sandbox", server: true, bootstrapExpect: 1, join: [], url: "http://127.0.0.1:8500", canaryPort: 9998 },
  ]);
  expect(plan.consulClients).toEqual([]);
  expect(plan.nomadServers).toMatchObject([{ bootstrapExpect: 1, join: [], url: "http://127.0.0.1:4646" }]);
  expect(plan.nomadClients).toMatchObject([{ servers: ["127.0.0.1:4647"], url: "http://127.0.0.1:4656" }]);
  expect(plan.fabios).toMatchObject([{ url: "http://127.0.0.1:9999", uiUrl: "http://127.0.0.1:9998" }]);
});

test("three servers and two clients: who joins whom", () => {
  const plan = topologyOf(clusterOf(3, 2));
  expect(plan.consulServers.map(({ host, join }) => [host, ...join])).toEqual([
    ["s1", "10.0.0.2:8301", "10.0.0.3:8301"],
    ["s2", "10.0.0.1:8301", "10.0.0.3:8301"],
    ["s3", "10.0.0.1:8301", "10.0.0.2:8301"],
  ]);
  expect(plan.consulClients.map(({ host, join, canaryPort }) => [host, canaryPort, ...join])).toEqual([
    ["c1", 9998, "10.0.0.1:8301", "10.0.0.2:8301", "10.0.0.3:8301"],
    ["c2", undefined, "10.0.0.1:8301", "10.0.0.2:8301", "10.0.0.3:8301"],
  ]);
  expect(plan.nomadServers.map(({ join }) => join)).toEqual([
    ["10.0.0.2:4648", "10.0.0.3:4648"],
    ["10.0.0.1:4648", "10.0.0.3:4648"],
    ["10.0.0.1:4648", "10.0.0.2:4648"],
  ]);
  for (const client of plan.nomadClients) {
    expect(client.servers).toEqual(["10.0.0.1:4647", "10.0.0.2:4647", "10.0.0.3:4647"]);
    // No server beside it: nothing to step aside for.
    expect(client.ports.http).toBe(4646);
  }
});

test("Consul's and Nomad's servers may stand apart", () => {
  const raw = clusterOf(6, 1);
  const hosts = (raw.hosts as { roles: string[] }[]).map((host, index) =>
    index < 6 ? { ...host, roles: [index < 3 ? "consul-server" : "nomad-server"] } : host,
  );
  const plan = topologyOf({ ...raw, hosts });
  expect(plan.consulServers.map(({ host }) => host)).toEqual(["s1", "s2", "s3"]);
  expect(plan.nomadServers.map(({ host }) => host)).toEqual(["s4", "s5", "s6"]);
  expect(plan.consulClients.map(({ host }) => host)).toEqual(["s4", "s5", "s6", "c1"]);
});

test("versions, images and ports are the configuration's", () => {
  const plan = topologyOf({
    ...sandbox,
    versions: { nomad: "1.12.0" },
    images: { nomad: "mirror.example:5000/nomad" },
    consul: { ports: { http: 18500 }, logLevel: "debug" },
    nomad: { ports: { http: 14646, clientHttp: 14656 } },
    fabio: { ports: { proxy: 80, ui: 81 } },
  });
  expect(plan.nomadServers).toMatchObject([
    {
      image: "mirror.example:5000/nomad:1.12.0",
      version: "1.12.0",
      consul: { port: 18500 },
      url: "http://127.0.0.1:14646",
    },
  ]);
  expect(plan.nomadClients).toMatchObject([{ ports: { http: 14656 }, consul: { port: 18500 } }]);
  expect(plan.consulServers).toMatchObject([{ logLevel: "debug", canaryPort: 81, url: "http://127.0.0.1:18500" }]);
  expect(plan.fabios).toMatchObject([{ url: "http://127.0.0.1:80", consul: { port: 18500 } }]);
});

test("a thousand clients are planned as whole as one", () => {
  const raw = clusterOf(5, 1000, 3);
  const { config, problems } = parseConfig(raw);
  expect(problems).toEqual([]);
  if (config === undefined) {
    throw new Error("the configuration is valid");
  }
  const plan = planTopology(config);
  checkPlan(config, plan);
  expect(plan.nomadClients).toHaveLength(1000);
  expect(plan.consulClients).toHaveLength(1000);
  expect(plan.fabios).toHaveLength(3);
});
