import { accessorsOf } from "../../../components/consul/acl/tokens";
import type { ForgetRequest } from "../../../components/consul/forget/main";
import { runWithRequest } from "../../support/ended";
import { type ApiAnswer, FakeApi } from "../../support/fakeApi";

const managementToken = "00000000-0000-4000-8000-000000000001";
const members = "GET /v1/agent/members";
let gossip: () => object[];
let api: FakeApi;
beforeEach(() => {
  gossip = () => [
    { Name: "s1", Status: 1 },
    { Name: "c1", Status: 4 },
  ];
});
afterEach(() => api.stop());

async function forgotten(answer: (line: string) => ApiAnswer, change: Partial<ForgetRequest> = {}) {
  api = await new FakeApi(({ line }) => (line === members ? { body: gossip() } : answer(line))).start();
  const request = { cluster: "prod", host: "c1", servers: [api.url], managementToken, timeoutSeconds: 15, ...change };
  return runWithRequest("components/consul/forget/main.ts", request);
}

const leave = "PUT /v1/agent/force-leave/c1?prune";
const tokens = accessorsOf("prod", "c1").map((accessor) => `DELETE /v1/acl/token/${accessor}`);
const silent = { code: 0, stdout: "", stderr: "" };
const done: ApiAnswer = { body: true };

test("takes the host out of the catalogue, and exactly the tokens that its agents may have", async () => {
  expect(await forgotten((line) => (line === tokens[0] ? { status: 404, body: "not found" } : done))).toEqual(silent);
  expect(api.lines.slice(0, 2)).toEqual([members, leave]);
  expect(api.lines.slice(2).sort()).toEqual([...tokens].sort());
  expect(new Set(api.asked.map(({ headers }) => headers["x-consul-token"]))).toEqual(new Set([managementToken]));
});

test("without ACLs there are no tokens to take, and none to show", async () => {
  expect(await forgotten(() => done, { managementToken: undefined })).toEqual(silent);
  expect(api.lines).toEqual([members, leave]);
  expect(api.asked.map(({ headers }) => headers["x-consul-token"])).toEqual([undefined, undefined]);
});

test("a host that Consul knows no more only loses its tokens", async () => {
  gossip = () => [{ Name: "s1", Status: 1 }];
  expect(await forgotten(() => done)).toEqual(silent);
  expect([...api.lines].sort()).toEqual([...tokens, members].sort());
});

test("asks again while Consul elects a leader", async () => {
  let questions = 0;
  expect(await forgotten(() => (++questions <= 4 ? { status: 500, body: "No cluster leader" } : done))).toEqual(silent);
});

test("leaves an agent that is there its tokens, and waits until it is known to be gone", async () => {
  let questions = 0;
  gossip = () => [{ Name: "c1", Status: ++questions < 3 ? 1 : 4 }];
  expect(await forgotten(() => done)).toEqual(silent);
  expect(api.lines.slice(0, 4)).toEqual([members, members, members, leave]);
  gossip = () => [{ Name: "c1", Status: 1 }];
  await api.stop();
  expect(await forgotten(() => done, { timeoutSeconds: 1 })).toMatchObject({
    code: 0,
    stderr: "taking c1 out of Consul: no success within 1 s; at last: its agent is still there\n",
  });
  expect(api.lines.filter((line) => line !== members)).toEqual([]);
});

test("hosts and clusters share no accessor", () => {
  const all = ["prod", "test"].flatMap((cluster) => ["c1", "c2"].flatMap((host) => accessorsOf(cluster, host)));
  expect(new Set(all).size).toBe(16);
});

test("lets whoever destroys a cluster go on, and says what is left, without a secret", async () => {
  const ended = await forgotten(() => ({ status: 403, body: "Permission denied" }), { timeoutSeconds: 0 });
  expect(ended).toMatchObject({ code: 0, stdout: "" });
  expect(ended.stderr).toMatch(
    /^taking c1 out of Consul: no success within 0 s; .*force-leave.* 403: Permission denied\n$/,
  );
  expect(ended.stderr).not.toContain(managementToken);
});
