import type { BootstrapRequest } from "../../../components/nomad/acl/main";
import { privateAuthority } from "../../support/authority";
import { type Ended, runWithRequest } from "../../support/ended";
import { type ApiAnswer, FakeApi } from "../../support/fakeApi";

const chosen = "00000000-0000-4000-8000-000000000001";
const unknown: ApiAnswer = { status: 403, body: "Permission denied" };
const already: ApiAnswer = { status: 400, body: "ACL bootstrap already done (reset index: 7)" };

/** Nomad's ACL endpoints, as far as the bootstrap goes. `first` is the secret of its first token. */
function nomad(state: { first?: string }, trouble: (line: string) => ApiAnswer | undefined = () => undefined): FakeApi {
  return new FakeApi(({ line, headers, body }) => {
    const answer = trouble(line);
    if (answer !== undefined) {
      return answer;
    }
    if (line === "GET /v1/acl/token/self") {
      return state.first !== undefined && headers["x-nomad-token"] === state.first
        ? { body: { Type: "management" } }
        : unknown;
    }
    if (line === "POST /v1/acl/bootstrap") {
      if (state.first !== undefined) {
        return already;
      }
      state.first = (body as { BootstrapSecret: string }).BootstrapSecret;
      return { body: { SecretID: state.first } };
    }
    return { status: 404, body: `nobody was expected to ask ${line}` };
  });
}

const apis: FakeApi[] = [];
afterAll(() => Promise.all(apis.map((api) => api.stop())));

async function started(api: FakeApi, tls?: { cert: string; key: string }): Promise<FakeApi> {
  apis.push(api);
  return api.start(tls);
}

const request = (servers: readonly string[], change: Partial<BootstrapRequest> = {}): BootstrapRequest => ({
  servers,
  managementToken: chosen,
  timeoutSeconds: 15,
  ...change,
});

const bootstrap = (asked: BootstrapRequest): Promise<Ended> => runWithRequest("components/nomad/acl/main.ts", asked);
const done: Ended = { code: 0, stdout: "Nomad's ACLs are bootstrapped\n", stderr: "" };

function expectNoSecret({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toContain(chosen);
}

test("the chosen token becomes Nomad's first one, once; the second run finds it, and says the same", async () => {
  const state: { first?: string } = {};
  const api = await started(nomad(state));
  expect(await bootstrap(request([api.url]))).toEqual(done);
  expect(state.first).toBe(chosen);
  expect(await bootstrap(request([api.url]))).toEqual(done);
  expect(api.lines).toEqual(["GET /v1/acl/token/self", "POST /v1/acl/bootstrap", "GET /v1/acl/token/self"]);
});

test("an answer that was lost costs nothing: the next attempt finds its own token", async () => {
  const state: { first?: string } = {};
  let lost = 1;
  const api = await started(
    nomad(state, (line) => {
      if (line.startsWith("POST") && lost-- > 0) {
        state.first = chosen;
        return { status: 500, body: "rpc error: timeout" };
      }
      return undefined;
    }),
  );
  expect(await bootstrap(request([api.url]))).toEqual(done);
  expect(api.lines.filter((line) => line.startsWith("POST"))).toHaveLength(1);
});

test("a run that meets another run of itself is not taken for a stranger's", async () => {
  const state: { first?: string } = {};
  const api = await started(
    nomad(state, (line) => {
      if (line.startsWith("POST") && state.first === undefined) {
        state.first = chosen;
        return already;
      }
      return undefined;
    }),
  );
  expect(await bootstrap(request([api.url]))).toEqual(done);
});

test("a cluster without a leader yet is asked again, a server that does not answer is passed over", async () => {
  let questions = 0;
  const busy: ApiAnswer = { status: 500, body: "No cluster leader" };
  const api = await started(nomad({}, () => (++questions <= 4 ? busy : undefined)));
  const gone = await new FakeApi(() => ({})).start();
  await gone.stop();
  expect(await bootstrap(request([gone.url, api.url]))).toEqual(done);
});

test("a cluster that somebody else has bootstrapped: exit code 1, at once, what to do, and no secret", async () => {
  const api = await started(nomad({ first: "somebody else's" }));
  const start = Date.now();
  const ended = await bootstrap(request([api.url], { timeoutSeconds: 60 }));
  expect(Date.now() - start).toBeLessThan(20_000);
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toMatch(
    /^Nomad's ACLs were bootstrapped by somebody else: its first token is not this stack's\./,
  );
  expectNoSecret(ended);
});

test("a Nomad without ACLs: what was asked and answered, and no secret", async () => {
  const api = await started(nomad({}, () => ({ status: 400, body: "ACL support disabled" })));
  const ended = await bootstrap(request([api.url], { timeoutSeconds: 1 }));
  expect(ended).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "Nomad's ACL bootstrap: no success within 1 s; at last: " +
      `POST ${api.url}/v1/acl/bootstrap answers 400: ACL support disabled\n`,
  });
});

test("over HTTPS the token is told to the cluster's own authority alone", async () => {
  const authority = await privateAuthority();
  const api = await started(nomad({}), await authority.issue("127.0.0.1"));
  const stranger = await privateAuthority();
  const ended = await bootstrap(request([api.url], { ca: stranger.ca, timeoutSeconds: 0 }));
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/certificate/) });
  expect(api.asked).toEqual([]);
  expectNoSecret(ended);
  expect(await bootstrap(request([api.url], { ca: authority.ca }))).toEqual(done);
});
