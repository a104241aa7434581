import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { lockedClusterOf, secretsFor, topologyOf } from "../support/configs";
import { MockEngine, type Registered } from "../support/mockEngine";

let engine: MockEngine;
const topology = topologyOf(lockedClusterOf(3, 2, 1));

beforeAll(async () => {
  engine = await MockEngine.start(pulumi);
  new Cluster("prod", { topology, secrets: secretsFor(lockedClusterOf(3, 2, 1)) });
  await engine.settled();
});

interface Upload {
  readonly file: string;
  readonly content: string;
  readonly permissions?: string;
}

/** A secret in one file makes, as the mocks read it back, a secret of the whole list. */
function uploadsOf({ inputs }: Registered): Upload[] {
  const { uploads } = inputs as { uploads: Upload[] | { value: Upload[] } };
  return Array.isArray(uploads) ? uploads : uploads.value;
}
const uploads = (name: string) => uploadsOf(engine.get("Container", name));
const upload = (name: string, file: string) => uploads(name).find((each) => each.file.endsWith(`/${file}`));
const container = (name: string) => `docker:index/container:Container::${name}`;
const names = (each: Registered[]) => each.map(({ name }) => name).sort();

test("each agent has a key, a certificate and a token of its own", () => {
  const agents = [
    ...["s1", "s2", "s3"].flatMap((host) => [`${host}-consul`, `${host}-nomad-server`]),
    ...["c1", "c2"].flatMap((host) => [`${host}-consul`, `${host}-nomad-client`]),
  ].sort();
  expect(names(engine.all("LocallySignedCert"))).toEqual(agents.map((agent) => `${agent}-cert`));
  const tokens = engine.all("RandomPassword").map(({ name }) => name.replace("prod-security-", ""));
  expect(tokens.sort()).toEqual(
    [...agents, "c1-fabio", "consul-gossip", "nomad-gossip", "consul-management", "nomad-management", "dns"].sort(),
  );
});

test("servers are told from clients by the names in their certificates", () => {
  const request = (agent: string) => engine.get("CertRequest", `${agent}-request`).inputs;
  expect(request("s1-consul")).toMatchObject({
    dnsNames: expect.arrayContaining(["server.dc1.consul"]),
    ipAddresses: ["127.0.0.1", "10.0.0.1"],
  });
  expect(request("c1-consul").dnsNames).not.toContain("server.dc1.consul");
  expect(request("s1-nomad-server").dnsNames).toContain("server.global.nomad");
  expect(request("c1-nomad-client").dnsNames).toContain("client.global.nomad");
  expect(request("c1-nomad-client").dnsNames).not.toContain("server.global.nomad");
});

test("secrets reach agents in files of theirs alone, and in nothing else", () => {
  for (const container of engine.all("Container")) {
    const { uploads: _, ...rest } = container.inputs;
    expect(JSON.stringify(rest)).not.toMatch(/0a0a0a|private key/);
    for (const { content, permissions, file } of uploadsOf(container)) {
      const holds = /0a0a0a0a|CgoKCgoK|private key/.test(content);
      expect({ container: container.name, file, open: holds && permissions !== "0600" }).toMatchObject({ open: false });
    }
  }
});

test("only Consul's servers know the token that may do everything, and only servers Nomad's gossip key", () => {
  const tokens = (name: string) => JSON.parse(upload(name, "secrets.json")?.content ?? "{}");
  expect(Object.keys(tokens("s1-consul-server").acl.tokens)).toEqual(["agent", "dns", "initial_management"]);
  expect(Object.keys(tokens("c2-consul-client").acl.tokens)).toEqual(["agent", "dns"]);
  expect(Object.keys(tokens("c1-consul-client").acl.tokens)).toContain("config_file_service_registration");
  expect(tokens("s1-nomad-server")).toMatchObject({ server: { encrypt: expect.any(String) } });
  expect(tokens("c1-nomad-client")).toEqual({ consul: { token: expect.any(String) } });
});

test("a token is known to Consul before anything but its servers starts", () => {
  const tokens = "command:local:Command::prod-consul-acl-tokens-keep";
  for (const name of ["c1-consul-client", "s1-nomad-server", "c1-fabio"]) {
    expect(engine.get("Container", name).dependencies).toContain(tokens);
  }
  expect(engine.get("Container", "s1-consul-server").dependencies).not.toContain(tokens);
  expect(engine.get("Command", "prod-consul-acl-tokens-keep").dependencies).toEqual(
    expect.arrayContaining(["consul:index/aclPolicy:AclPolicy::prod-consul-acl-nomad-client"]),
  );
});

test("Nomad's clients come after its bootstrap, and its jobs after tasks can have tokens", () => {
  expect(engine.get("Container", "c1-nomad-client").dependencies).toContain(
    "command:local:Command::prod-nomad-acl-bootstrap",
  );
  const gate = engine.get("Command", "prod-gate-wait").dependencies;
  expect(gate).toEqual(
    expect.arrayContaining([
      "consul:index/aclAuthMethod:AclAuthMethod::prod-consul-tasks-method",
      "consul:index/aclBindingRule:AclBindingRule::prod-consul-tasks-services",
      "consul:index/aclBindingRule:AclBindingRule::prod-consul-tasks-tasks",
    ]),
  );
  const rule = engine.get("AclBindingRule", "prod-consul-tasks-services");
  expect(rule.dependencies).toContain("command:local:Command::prod-nomad-acl-bootstrap");
});

test("gates and providers show tokens and trust the cluster's own authority alone", () => {
  const access = { ca: "the authority's certificate", consulToken: expect.any(String), nomadToken: expect.any(String) };
  for (const gate of engine.all("Command").filter(({ name }) => name.endsWith("gate-wait"))) {
    expect(JSON.parse(String(gate.inputs.stdin))).toMatchObject({ access });
  }
  expect(engine.get("consul", "prod-consul-provider").inputs).toMatchObject({
    address: "10.0.0.1:8501",
    scheme: "https",
    caPem: "the authority's certificate",
  });
  expect(engine.get("nomad", "prod-nomad-jobs").inputs).toMatchObject({
    address: "https://10.0.0.1:4646",
    caPem: "the authority's certificate",
  });
});

test("a host that leaves is known to Consul, and has its tokens, until its agents are gone", () => {
  const forgets = engine.all("Command").filter(({ name }) => name.startsWith("forget-"));
  expect(names(forgets)).toEqual(["forget-c1", "forget-c2"]);
  expect(engine.get("Container", "c1-consul-client").dependencies).toContain("command:local:Command::forget-c1");
  for (const agent of ["c1-nomad-client", "c1-fabio"]) {
    expect(engine.get("Container", agent).dependencies).toContain(container("c1-consul-client"));
  }
  const { inputs } = engine.get("Command", "forget-c1");
  expect(inputs).toMatchObject({
    create: "true",
    delete: "exec node --require tsx/cjs components/consul/forget/main.ts",
  });
  expect(JSON.parse(String(inputs.stdin))).toEqual({
    cluster: "hashistack",
    host: "c1",
    servers: ["s1", "s2", "s3"].map((_, index) => `https://10.0.0.${index + 1}:8501`),
    ca: "the authority's certificate",
    managementToken: expect.any(String),
    timeoutSeconds: 60,
  });
});
