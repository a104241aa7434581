import type { ApiToken, TokenRequest } from "../../../components/consul/acl/tokens";
import { privateAuthority } from "../../support/authority";
import { type Ended, runWithRequest } from "../../support/ended";
import { type ApiAnswer, FakeApi } from "../../support/fakeApi";

const root = "00000000-0000-4000-8000-000000000001";
const bootstrap: ApiToken = { AccessorID: "boot", SecretID: root, Description: "Initial Management Token" };
const denied: ApiAnswer = { status: 403, body: "Permission denied: token lacks permission" };

/** Members of the gossip: c9 left it. */
const members = [
  { Name: "c8", Status: 1 },
  { Name: "c9", Status: 3 },
];

/** Consul's ACL endpoints, as far as tokens go: `trouble` answers first, where it wants to. */
function consul(tokens: Map<string, ApiToken>, trouble: (line: string) => ApiAnswer | undefined = () => undefined) {
  return new FakeApi(({ line, headers, body }) => {
    const answer = trouble(line);
    if (answer !== undefined) {
      return answer;
    }
    if (headers["x-consul-token"] !== root) {
      return denied;
    }
    const accessor = line.split("/").at(-1) ?? "";
    const token = body as ApiToken;
    if (line === "GET /v1/acl/tokens") {
      return { body: [...tokens.values()] };
    }
    if (line === "GET /v1/agent/members") {
      return { body: members };
    }
    if (line.startsWith("DELETE /v1/acl/token/")) {
      return tokens.delete(accessor) ? { body: true } : { status: 404, body: "Cannot find token to delete" };
    }
    if (line === "PUT /v1/acl/token") {
      if (tokens.has(token.AccessorID)) {
        return { status: 500, body: "Invalid Token: AccessorID is already in use" };
      }
      tokens.set(token.AccessorID, token);
      return { body: token };
    }
    if (line === `PUT /v1/acl/token/${token?.AccessorID}` && tokens.has(token.AccessorID)) {
      tokens.set(token.AccessorID, token);
      return { body: token };
    }
    return { status: 404, body: `nobody was expected to ask ${line}` };
  });
}

const secrets = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"] as const;
const request = (servers: readonly string[], change: Partial<TokenRequest> = {}): TokenRequest => ({
  servers,
  managementToken: root,
  cluster: "prod",
  timeoutSeconds: 15,
  tokens: [
    { holder: "dns", policies: ["dns"], secret: secrets[0] },
    { holder: "s1-consul", policies: [], node: { name: "s1", datacenter: "dc1" }, secret: secrets[1] },
  ],
  ...change,
});

const apis: FakeApi[] = [];
afterAll(() => Promise.all(apis.map((api) => api.stop())));

async function started(api: FakeApi, tls?: { cert: string; key: string }): Promise<FakeApi> {
  apis.push(api);
  return api.start(tls);
}

const keep = (asked: TokenRequest): Promise<Ended> => runWithRequest("components/consul/acl/main.ts", asked);

function expectNoSecret({ stdout, stderr }: Ended): void {
  for (const secret of [root, ...secrets]) {
    expect(stdout + stderr).not.toContain(secret);
  }
}

const done: Ended = { code: 0, stdout: "2 tokens of agents\n", stderr: "" };
const writes = (api: FakeApi) => api.lines.filter((line) => !line.startsWith("GET"));

test("tokens are made once, with the secrets that were chosen; the second run has nothing to do, and says the same", async () => {
  const tokens = new Map([[bootstrap.AccessorID, bootstrap]]);
  const api = await started(consul(tokens));
  expect(await keep(request([api.url]))).toEqual(done);
  expect(writes(api)).toEqual(["PUT /v1/acl/token", "PUT /v1/acl/token"]);
  expect([...tokens.values()].map(({ Description, SecretID }) => [Description, SecretID])).toEqual([
    ["Initial Management Token", root],
    ["hashistack prod: dns", secrets[0]],
    ["hashistack prod: s1-consul", secrets[1]],
  ]);
  expect(await keep(request([api.url]))).toEqual(done);
  expect(writes(api)).toHaveLength(2);
});

test("what is planned no more is taken away, what changed is changed, others' tokens stay", async () => {
  const tokens = new Map([[bootstrap.AccessorID, bootstrap]]);
  const api = await started(consul(tokens));
  await keep(request([api.url]));
  const [dns] = request([]).tokens;
  const change = { tokens: [{ holder: "dns", policies: ["dns", "canary"] as const, secret: dns?.secret ?? "" }] };
  expect(await keep(request([api.url], change))).toEqual({ ...done, stdout: "1 tokens of agents\n" });
  expect([...tokens.values()].map(({ Description, Policies }) => [Description, Policies?.length])).toEqual([
    ["Initial Management Token", undefined],
    ["hashistack prod: dns", 2],
  ]);
});

test("a host that leaves keeps its tokens as long as its Consul agent is there", async () => {
  const tokens = new Map([[bootstrap.AccessorID, bootstrap]]);
  const api = await started(consul(tokens));
  const all = ["s1", "c8", "c9"].map((host, index) => ({
    holder: `${host}-nomad-client`,
    policies: ["nomad-client"] as const,
    secret: `00000000-0000-4000-8000-0000000000c${index}`,
  }));
  await keep(request([api.url], { tokens: all }));
  await keep(request([api.url], { tokens: all.slice(0, 1) }));
  expect([...tokens.values()].map(({ Description }) => Description)).toEqual([
    "Initial Management Token",
    "hashistack prod: s1-nomad-client",
    "hashistack prod: c8-nomad-client",
  ]);
});

test("a cluster without a leader yet is asked again, a server that does not answer is passed over", async () => {
  let questions = 0;
  const busy: ApiAnswer = { status: 500, body: "No cluster leader" };
  const api = await started(consul(new Map(), () => (++questions < 3 ? busy : undefined)));
  const gone = await new FakeApi(() => ({})).start();
  await gone.stop();
  expect(await keep(request([gone.url, api.url]))).toEqual(done);
  expect(questions).toBeGreaterThan(3);
});

test("a run that was killed between two tokens is continued", async () => {
  const tokens = new Map<string, ApiToken>();
  let writesLeft = 1;
  const failing = await started(
    consul(tokens, (line) =>
      line.startsWith("PUT") && writesLeft-- <= 0 ? { status: 500, body: "killed" } : undefined,
    ),
  );
  const first = await keep(request([failing.url], { timeoutSeconds: 0 }));
  expect(first.code).toBe(1);
  expect(tokens.size).toBe(1);
  const api = await started(consul(tokens));
  expect(await keep(request([api.url]))).toEqual(done);
  expect(writes(api)).toEqual(["PUT /v1/acl/token"]);
  expect(tokens.size).toBe(2);
});

test("a Consul that refuses the management token: exit code 1, what was asked and answered, no secret", async () => {
  const api = await started(consul(new Map(), () => denied));
  const ended = await keep(request([api.url], { timeoutSeconds: 1 }));
  expect(ended).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "Consul's tokens: no success within 1 s; at last: " +
      `GET ${api.url}/v1/acl/tokens answers 403: Permission denied: token lacks permission\n`,
  });
});

test("a Consul that refuses a token: no secret in what is said", async () => {
  const api = await started(
    consul(new Map(), (line) => (line.startsWith("PUT") ? { status: 400, body: "Invalid policy" } : undefined)),
  );
  const ended = await keep(request([api.url], { timeoutSeconds: 0 }));
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toContain(`PUT ${api.url}/v1/acl/token answers 400: Invalid policy`);
  expectNoSecret(ended);
});

test("over HTTPS it speaks to the cluster's own authority alone", async () => {
  const authority = await privateAuthority();
  const tokens = new Map<string, ApiToken>();
  const api = await started(consul(tokens), await authority.issue("127.0.0.1"));
  const stranger = await privateAuthority();
  const ended = await keep(request([api.url], { ca: stranger.ca, timeoutSeconds: 0 }));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/certificate/);
  expect(api.asked).toEqual([]);
  expectNoSecret(ended);
  expect(await keep(request([api.url], { ca: authority.ca }))).toEqual(done);
});
