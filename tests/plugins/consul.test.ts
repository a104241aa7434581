import { generateKeyPairSync } from "node:crypto";
import { type AgentCertificate, authority } from "./support/certificates";
import { ConsulAgent } from "./support/consulAgent";
import { PulumiProject } from "./support/pulumiProject";
import { consulCommand, pulumiCommand } from "./support/tools";

jest.setTimeout(180_000);

let certify: (name: string) => Promise<AgentCertificate>;
let certificate: AgentCertificate;
let agent: ConsulAgent;
let project: PulumiProject;

beforeAll(async () => {
  certify = await authority("Test CA");
  certificate = await certify("server.dc1.consul");
  agent = await ConsulAgent.start(await consulCommand(), { certificate });
  project = await PulumiProject.create("hs-test-consul", await pulumiCommand(), [
    { kind: "resource", name: "consul", version: "3.15.1" },
  ]);
});
afterAll(async () => {
  await project?.dispose();
  await agent?.stop();
});

interface Connection {
  readonly address?: string;
  readonly token?: string;
  readonly caPem?: string;
}

/** Sets the program: `consul`, `pulumi`, `exports` and `opts`, which holds the provider, are in scope. */
const program = (body: string, { address = agent.address, token = ConsulAgent.token, caPem }: Connection = {}) =>
  project.source(`const consul = require("@pulumi/consul");
const pulumi = require("@pulumi/pulumi");
const provider = new consul.Provider("consul", { address: "${address}", scheme: "https", token: "${token}",
  caPem: ${JSON.stringify(caPem ?? certificate.ca)} });
const opts = { provider };
${body}
`);
const up = (...more: string[]) => project.run(["up", "--yes", "--skip-preview", ...more]);
const preview = () => project.run(["preview", "--diff"]);
const failedUp = async (...more: string[]) => {
  const { code, text } = await project.attempt(["up", "--yes", "--skip-preview", ...more]);
  expect(code).not.toBe(0);
  return text;
};
const secretOutput = async (name: string) =>
  String(JSON.parse(await project.run(["stack", "output", name, "--show-secrets", "--json"])));
const inConsul = <T>(route: string) => agent.api<T>("GET", route);

const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ format: "pem", type: "spki" })
  .toString();

const rights = (description: string) => `
const policy = new consul.AclPolicy("policy", { name: "hs-read", description: "${description}",
  rules: 'key_prefix "hs/" { policy = "read" }' }, opts);
const role = new consul.AclRole("role", { name: "hs-role", description: "${description}", policies: [policy.id],
  serviceIdentities: [{ serviceName: "web" }], nodeIdentities: [{ nodeName: "n1", datacenter: "dc1" }],
  templatedPolicies: [{ templateName: "builtin/service", templateVariables: { name: "api" } }] }, opts);
const token = new consul.AclToken("token", { description: "${description}", policies: [policy.name], roles: [role.name] }, opts);
const method = new consul.AclAuthMethod("method", { name: "hs-jwt", type: "jwt", maxTokenTtl: "30m", description: "${description}",
  configJson: JSON.stringify({ BoundAudiences: ["consul.io"], ClaimMappings: { nomad_service: "nomad_service" },
    JWTSupportedAlgs: ["RS256"], JWTValidationPubKeys: [${JSON.stringify(publicKey)}] }) }, opts);
const rule = new consul.AclBindingRule("rule", { authMethod: method.name, bindType: "service", description: "${description}",
  bindName: "\${value.nomad_service}", selector: '"nomad_service" in value' }, opts);
exports.secret = consul.getAclTokenSecretIdOutput({ accessorId: token.accessorId }, opts).secretId;`;

describe("rights", () => {
  test("are given in one run, and left alone when nothing changed, also after a refresh", async () => {
    await program(rights("first"));
    const shown = await preview();
    expect(shown).toMatch(/7 to create/);
    await up();
    expect(await up()).toMatch(/7 unchanged/);
    expect(await up("--refresh")).toMatch(/7 unchanged/);
  });

  test("are what Consul then has", async () => {
    const { policy, role, token, rule } = await project.state();
    expect(await inConsul(`/v1/acl/policy/${policy?.id}`)).toMatchObject({ Name: "hs-read", Description: "first" });
    expect(await inConsul(`/v1/acl/role/${role?.id}`)).toMatchObject({
      Policies: [{ Name: "hs-read" }],
      ServiceIdentities: [{ ServiceName: "web" }],
      NodeIdentities: [{ NodeName: "n1", Datacenter: "dc1" }],
      TemplatedPolicies: [{ TemplateName: "builtin/service", TemplateVariables: { name: "api" } }],
    });
    expect(await inConsul(`/v1/acl/token/${token?.id}`)).toMatchObject({
      Policies: [{ Name: "hs-read" }],
      Roles: [{ Name: "hs-role" }],
    });
    expect(await inConsul("/v1/acl/auth-method/hs-jwt")).toMatchObject({ Type: "jwt", MaxTokenTTL: "30m0s" });
    expect(await inConsul(`/v1/acl/binding-rule/${rule?.id}`)).toMatchObject({ BindName: "${value.nomad_service}" });
  });

  test("are recorded as the official plugin records them", async () => {
    const { policy, role, token, method, rule } = await project.state();
    expect(policy?.inputs).toEqual({
      __defaults: [],
      name: "hs-read",
      description: "first",
      rules: 'key_prefix "hs/" { policy = "read" }',
    });
    expect(policy?.outputs).toEqual({
      id: policy?.id,
      name: "hs-read",
      description: "first",
      rules: 'key_prefix "hs/" { policy = "read" }',
      datacenters: [],
    });
    expect(role?.outputs).toMatchObject({
      policies: [policy?.id],
      serviceIdentities: [{ serviceName: "web", datacenters: [] }],
      templatedPolicies: [{ templateName: "builtin/service", templateVariables: { name: "api" }, datacenters: [] }],
    });
    expect(token).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      outputs: { accessorId: token?.id, policies: ["hs-read"], roles: ["hs-role"], local: false, expirationTime: "" },
    });
    expect(method?.id).toBe("auth-method-hs-jwt");
    expect(method?.inputs).toMatchObject({ __defaults: [], maxTokenTtl: "30m" });
    expect(method?.outputs).toMatchObject({ config: {}, maxTokenTtl: "30m0s", tokenLocality: "" });
    expect(rule?.outputs).toMatchObject({ authMethod: "hs-jwt", bindType: "service" });
  });

  test("of a token can be used, and its secret is nowhere in the open", async () => {
    const secret = await secretOutput("secret");
    await agent.api("PUT", "/v1/kv/hs/x", "seen");
    const found = await agent.api<{ Key: string }[]>("GET", "/v1/kv/hs/x", undefined, secret);
    expect(found[0]?.Key).toBe("hs/x");
    await expect(agent.api("PUT", "/v1/kv/hs/x", "changed", secret)).rejects.toThrow("403");
    const state = await project.run(["stack", "export"]);
    for (const each of [secret, ConsulAgent.token]) expect(state).not.toContain(each);
    expect(JSON.stringify((await project.state()).token)).not.toContain(secret);
  });

  test("change in place", async () => {
    await program(rights("second"));
    expect(await preview()).toMatch(/5 to update/);
    expect(await up()).toMatch(/5 updated/);
    expect(await inConsul("/v1/acl/auth-method/hs-jwt")).toMatchObject({ Description: "second" });
    await program(rights("second").replace('"30m"', '"1800s"'));
    expect(await up()).toMatch(/7 unchanged/);
    await program(rights("second").replace('bindType: "service"', 'bindType: "node"'));
    expect(await preview()).toMatch(/1 to replace/);
    await program(rights("second"));
    await up();
  });

  test("come back when somebody changed or deleted them", async () => {
    const { policy, rule } = await project.state();
    await agent.api("DELETE", `/v1/acl/binding-rule/${rule?.id}`);
    await agent.api("PUT", `/v1/acl/policy/${policy?.id}`, { ID: policy?.id, Name: "hs-read", Rules: "" });
    const text = await up("--refresh");
    expect(text).toMatch(/1 created/);
    expect(text).toMatch(/1 updated/);
    expect(await inConsul(`/v1/acl/policy/${policy?.id}`)).toMatchObject({ Description: "second" });
  });

  test("are not taken for gone by a token that Consul does not know", async () => {
    await program(rights("second").replace(/exports.*/, ""), { token: "99999999-9999-4999-8999-999999999999" });
    await up();
    const text = await failedUp("--refresh");
    expect(text).toMatch(/error reading ACL \w+ .*Consul at https:\S+ answered 403 .*ACL not found/);
    expect(text).toContain("give the provider a token (token)");
    expect(text).not.toContain("99999999-9999-4999-8999-999999999999");
    await program(rights("second"));
    await up();
    expect(await up("--refresh")).toMatch(/7 unchanged/);
  });

  test("that were made by hand are taken over", async () => {
    const made = await agent.api<{ ID: string }>("PUT", "/v1/acl/policy", {
      Name: "hs-hand",
      Rules: 'operator = "read"',
    });
    await program(
      `${rights("second")}
      new consul.AclPolicy("hand", { name: "hs-hand", rules: 'operator = "read"' }, { ...opts, import: "${made.ID}" });`,
    );
    expect(await up()).toMatch(/1 imported/);
    expect(await up("--refresh")).toMatch(/8 unchanged/);
  });

  test("end with the stack", async () => {
    await project.run(["destroy", "--yes", "--skip-preview"]);
    const left = await inConsul<{ Name: string }[]>("/v1/acl/policies");
    expect(left.filter(({ Name }) => Name.startsWith("hs-"))).toEqual([]);
    expect(await inConsul("/v1/acl/auth-methods")).toEqual([]);
    expect(await inConsul("/v1/acl/roles")).toEqual([]);
  });
});

describe("config entries", () => {
  // As the program writes them: with what Consul fills in, or the official plugin would change them in every run.
  const filled = "Expose: {}, MeshGateway: {}, TransparentProxy: {}";
  const rank = 'Precedence: 9, Type: "consul"';
  const entries = (protocol: string, { defaults = filled, source = rank } = {}) => `
    new consul.ConfigEntry("defaults", { kind: "service-defaults", name: "hs-web",
      configJson: JSON.stringify({ Protocol: "${protocol}", ${defaults} }) }, opts);
    new consul.ConfigEntry("proxy", { kind: "proxy-defaults", name: "global",
      configJson: JSON.stringify({ Config: { protocol: "http", limit: 3 }, AccessLogs: {}, ${filled} }) }, opts);
    new consul.ConfigEntry("intentions", { kind: "service-intentions", name: "hs-web",
      configJson: JSON.stringify({ Sources: [{ Name: "fabio", Action: "allow", ${source} }] }) }, opts);
    new consul.ConfigEntry("everywhere", { kind: "service-intentions", name: "*",
      configJson: JSON.stringify({ Sources: [{ Name: "*", Action: "deny", Precedence: 5, Type: "consul" }] }) }, opts);`;

  test("are written, recorded as Consul has them, and compared by what they mean", async () => {
    await program(entries("http"));
    await up();
    const { defaults, intentions } = await project.state();
    expect(defaults?.id).toBe("service-defaults-hs-web");
    expect(defaults?.outputs.configJson).toBe('{"Expose":{},"MeshGateway":{},"Protocol":"http","TransparentProxy":{}}');
    expect(intentions?.outputs.configJson).toBe(
      '{"Sources":[{"Action":"allow","Name":"fabio","Precedence":9,"Type":"consul"}]}',
    );
    expect(await up()).toMatch(/6 unchanged/);
    expect(await up("--refresh")).toMatch(/6 unchanged/);
  });

  test("change in place, and by nobody else's hand", async () => {
    await program(entries("tcp"));
    expect(await up()).toMatch(/1 updated/);
    expect(await inConsul("/v1/config/service-defaults/hs-web")).toMatchObject({ Protocol: "tcp" });
    await agent.api("PUT", "/v1/config", { Kind: "service-defaults", Name: "hs-web", Protocol: "grpc" });
    await agent.api("DELETE", "/v1/config/service-intentions/hs-web");
    const text = await up("--refresh");
    expect(text).toMatch(/1 created/);
    expect(text).toMatch(/1 updated/);
    expect(await inConsul("/v1/config/service-defaults/hs-web")).toMatchObject({ Protocol: "tcp" });
  });

  test("show what Consul fills in as a difference, as the official plugin does", async () => {
    await program(entries("tcp", { source: "" }));
    expect(await preview()).toMatch(/1 to update/);
    await program(entries("tcp", { defaults: "" }));
    expect(await preview()).toMatch(/1 to update/);
    await program(entries("tcp", { defaults: "TransparentProxy: {}" }));
    expect(await preview()).toMatch(/6 unchanged/);
  });

  test("follow their name, and are left alone where a program ignores them", async () => {
    await program(entries("tcp").replaceAll("hs-web", "hs-api"));
    expect(await preview()).toMatch(/2 to replace/);
    await program(entries("grpc").replace("}) }, opts)", '}) }, { ...opts, ignoreChanges: ["configJson"] })'));
    expect(await up()).toMatch(/6 unchanged/);
  });

  test("are taken over by kind and name", async () => {
    await agent.api("PUT", "/v1/config", { Kind: "service-defaults", Name: "hs-hand", Protocol: "http" });
    await program(
      `new consul.ConfigEntry("hand", { kind: "service-defaults", name: "hs-hand",
         configJson: '{"Protocol":"http","TransparentProxy":{}}' }, { ...opts, import: "service-defaults/hs-hand" });`,
    );
    expect(await up()).toMatch(/1 imported/);
  });

  test("tell what Consul refuses", async () => {
    await program(`new consul.ConfigEntry("bad", { kind: "service-defaults", name: "hs-bad",
      configJson: '{"Protocol":"http","MaxInboundConnections":"many"}' }, opts);`);
    expect(await failedUp()).toMatch(
      /error writing config entry service-defaults\/hs-bad: Consul at https:\S+ answered 400/,
    );
    await program("");
    await up();
    await expect(inConsul("/v1/config/service-defaults/hs-hand")).rejects.toThrow("404");
  });
});

describe("keys", () => {
  const keys = (more = "") =>
    program(`
    const keys = new consul.Keys("keys", { keys: [
      { path: "hs/kept", value: "a" }, { path: "hs/gone", value: "b", delete: true },
      { path: "hs/read", name: "read", default: "nothing" }${more}] }, opts);
    new consul.KeyPrefix("prefix", { pathPrefix: "hs-app/", subkeys: { "a/b": "1", c: "2" },
      subkeyCollection: [{ path: "flagged", value: "3", flags: 7 }] }, opts);
    exports.read = keys.var.apply((all) => all.read);`);

  test("are written and read", async () => {
    await keys();
    await up();
    expect([await agent.key("hs/kept"), await agent.key("hs/gone")]).toEqual(["a", "b"]);
    expect([await agent.key("hs-app/a/b"), await agent.key("hs-app/c"), await agent.key("hs-app/flagged")]).toEqual([
      "1",
      "2",
      "3",
    ]);
    expect(JSON.parse(await project.run(["stack", "output", "read", "--json"]))).toBe("nothing");
    const state = await project.state();
    expect(state.keys).toMatchObject({
      id: "consul",
      outputs: { datacenter: "dc1", __meta: '{"schema_version":"1"}' },
    });
    expect(state.prefix).toMatchObject({ id: "hs-app/", outputs: { datacenter: "dc1" } });
    expect(await up()).toMatch(/4 unchanged/);
    expect(await up("--refresh")).toMatch(/4 unchanged/);
  });

  test("are put right when somebody changed them; under a prefix nothing else stays", async () => {
    await agent.api("PUT", "/v1/kv/hs/kept", "theirs");
    await agent.api("PUT", "/v1/kv/hs-app/stranger", "x");
    await agent.api("DELETE", "/v1/kv/hs-app/c");
    expect(await up("--refresh")).toMatch(/2 updated/);
    expect([await agent.key("hs/kept"), await agent.key("hs-app/c"), await agent.key("hs-app/stranger")]).toEqual([
      "a",
      "2",
      undefined,
    ]);
  });

  test("come one by one, and go as they were told to; what did not change is not written", async () => {
    await agent.api("PUT", "/v1/kv/hs/kept", "theirs");
    await keys(', { path: "hs/new", value: "ä", delete: true }, { path: "hs/empty", value: "", delete: true }');
    expect(await up()).toMatch(/1 updated/);
    expect([await agent.key("hs/new"), await agent.key("hs/empty")]).toEqual(["ä", ""]);
    expect(await agent.key("hs/kept")).toBe("theirs");
    expect(await up("--refresh")).toMatch(/1 updated/);
    expect(await agent.key("hs/kept")).toBe("a");
    await keys();
    await up();
    expect([await agent.key("hs/new"), await agent.key("hs/empty")]).toEqual([undefined, undefined]);
  });

  test("that somebody deleted show in a refresh, are no obstacle, and come back", async () => {
    await agent.api("DELETE", "/v1/kv/hs/gone");
    expect(await project.run(["refresh", "--yes", "--diff"])).toMatch(/~ keys: \[\s+~ \[1\]: \{\s+- value: "b"/);
    expect(await up()).toMatch(/1 updated/);
    expect(await agent.key("hs/gone")).toBe("b");
  });

  test("go with their resource, and nothing else does", async () => {
    await agent.api("PUT", "/v1/kv/hs/theirs", "x");
    await agent.api("DELETE", "/v1/kv/hs/gone");
    await project.run(["destroy", "--yes", "--skip-preview"]);
    expect([await agent.key("hs/kept"), await agent.key("hs/gone"), await agent.key("hs-app/a/b")]).toEqual([
      "a",
      undefined,
      undefined,
    ]);
    expect(await agent.key("hs/theirs")).toBe("x");
  });

  test("of which only some may be written are remembered, and written once they may", async () => {
    const few = (rules: string) => agent.api<{ ID: string }>("PUT", "/v1/acl/policy", { Name: "hs-few", Rules: rules });
    const policy = await few('key "hs-few/a" { policy = "write" }');
    const token = await agent.api<{ SecretID: string }>("PUT", "/v1/acl/token", { Policies: [{ ID: policy.ID }] });
    const two = `new consul.Keys("two", { keys: [{ path: "hs-few/a", value: "1", delete: true },
      { path: "hs-few/b", value: "2", delete: true }] }, opts);`;
    // Nobody may read the second: what is there cannot be told, so nothing but the error is.
    await program(two, { token: token.SecretID });
    const text = await failedUp();
    expect(text).toMatch(/error writing the key "hs-few\/b": Consul at https:\S+ answered 403 .*lacks permission/);
    expect(text).not.toContain(token.SecretID);
    await agent.api("PUT", `/v1/acl/policy/${policy.ID}`, {
      Name: "hs-few",
      Rules: 'key "hs-few/a" { policy = "write" } key_prefix "hs-few/" { policy = "read" }',
    });
    await failedUp();
    expect((await project.state()).two?.outputs.keys).toMatchObject([{ value: "1" }, { value: "" }]);
    await program(two);
    await up();
    expect([await agent.key("hs-few/a"), await agent.key("hs-few/b")]).toEqual(["1", "2"]);
    await program("");
    await up();
    expect([await agent.key("hs-few/a"), await agent.key("hs-few/b")]).toEqual([undefined, undefined]);
    await agent.api("DELETE", `/v1/acl/policy/${policy.ID}`);
  });

  test("are not taken over: nothing tells which are a resource's own", async () => {
    await program('new consul.Keys("k", { keys: [{ path: "hs/kept", value: "a" }] }, { ...opts, import: "consul" });');
    expect(await failedUp()).toContain("consul:index/keys:Keys cannot be imported");
  });

  test("under a prefix in use are not taken over unasked", async () => {
    await agent.api("PUT", "/v1/kv/hs-used/x", "1");
    await program('new consul.KeyPrefix("used", { pathPrefix: "hs-used/", subkeys: { y: "2" } }, opts);');
    expect(await failedUp()).toContain("there are 1 keys below hs-used/ already");
    expect(await agent.key("hs-used/x")).toBe("1");
  });
});

describe("trouble", () => {
  const one = 'new consul.AclPolicy("p", { rules: "" }, opts);';

  test.each([
    ['AclRole("x", { policies: ["global-management"] }', "a role takes the id of a policy"],
    ['AclAuthMethod("x", { type: "jwt", configJson: "{" }', "configJson is no JSON object"],
    ['AclAuthMethod("x", { type: "jwt", maxTokenTtl: "soon" }', '"soon" is no duration'],
    ['AclToken("x", { expirationTime: "tomorrow" }', '"tomorrow" is no time'],
    ['ConfigEntry("x", { kind: "service-defaults", configJson: "[]" }', "configJson is no JSON object"],
    [
      'Keys("x", { keys: [{ path: "../acl/x", value: "s" }] }',
      'keys[0].path is "../acl/x", which has a segment . or ..',
    ],
    ['AclPolicy("x", { rules: "", namespace: "team" }', "does not support `namespace`"],
    ['Intention("x", { sourceName: "a", destinationName: "b", action: "allow" }', "does not support the resource type"],
  ])("with the program: %s", async (resource, reason) => {
    await program(`new consul.${resource}, opts);`);
    expect(await failedUp()).toContain(reason);
  });

  test("with settings of the provider that are not supported", async () => {
    await project.source(`const consul = require("@pulumi/consul");
      new consul.Provider("p", { address: "localhost:8500", namespace: "team" });`);
    expect(await failedUp()).toContain("does not support `namespace`");
  });

  test("when nobody answers: which address, and for which resource", async () => {
    await program(one, { address: "127.0.0.1:1" });
    const text = await failedUp();
    expect(text).toMatch(
      /error creating ACL policy "p-[0-9a-f]{7}": Consul at https:\/\/127\.0\.0\.1:1 cannot be reached/,
    );
  });

  test("when it is not the Consul that the authority knows", async () => {
    const other = (await (await authority("Another CA"))("server.dc1.consul")).ca;
    await program(one, { caPem: other });
    const text = await failedUp();
    expect(text).toMatch(/Consul at https:.* cannot be reached \(.*(self-signed|unable to verify|signature)/);
    expect(text).not.toContain(ConsulAgent.token);
  });

  test("when the token may not", async () => {
    await program(one, { token: "" });
    expect(await failedUp()).toMatch(
      /error creating ACL policy .*Consul at https:\S+ answered 403 .*lacks permission 'acl:write'/,
    );
  });
});

test("agents with certificates of the tls stand-in trust each other, and nobody else", async () => {
  const client = await ConsulAgent.start(await consulCommand(), {
    certificate: await certify("client.dc1.consul"),
    join: agent,
  });
  try {
    const members = await client.api<{ Node: string }[]>("GET", "/v1/catalog/nodes");
    expect(members.map(({ Node }) => Node).sort()).toEqual(["client", "server"]);
  } finally {
    await client.stop();
  }
  const stranger = await (await authority("Another CA"))("client.dc1.consul");
  const rogue = ConsulAgent.start(await consulCommand(), { certificate: stranger, join: agent, patienceMs: 8_000 });
  await expect(rogue).rejects.toThrow(/did not get to a leader/);
});
