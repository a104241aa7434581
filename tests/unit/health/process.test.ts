import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { GateRequest } from "../../../components/health/requirement";
import { type Ended, runWithRequest } from "../../support/ended";

const gate = (request: GateRequest | string): Promise<Ended> => runWithRequest("components/health/main.ts", request);

/** A tiny Nomad of one server: it has a leader from its third question on. */
let questions = 0;
let leaderAfter = 0;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const led = request.url === "/v1/status/leader?stale" && ++questions > leaderAfter;
    response.statusCode = led ? 200 : 500;
    response.end(led ? JSON.stringify("127.0.0.1:4647") : "No cluster leader");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const request = (timeoutSeconds: number): GateRequest => ({
  title: "Nomad server s1",
  timeoutSeconds,
  requirements: [{ kind: "server-joined", product: "nomad", server: { name: "s1", url }, peers: [], last: true }],
});

test("a healthy cluster: exit code 0, and the same words at every run, however long it took", async () => {
  const runs: Ended[] = [];
  for (leaderAfter of [0, 3]) {
    questions = 0;
    runs.push(await gate(request(20)));
  }
  for (const run of runs) {
    expect(run).toEqual({ code: 0, stdout: "Nomad server s1: Nomad server s1 has joined\n", stderr: "" });
  }
  expect(questions).toBe(4);
});

test("an unhealthy one: exit code 1, and the condition, the server and the last answer", async () => {
  leaderAfter = Number.POSITIVE_INFINITY;
  const { code, stdout, stderr } = await gate(request(1));
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    [
      "Nomad server s1: not healthy after 1 s, 1 of 1 conditions unmet:",
      "  - Nomad server s1 has joined: nomad server s1 sees no leader yet",
      "Look at that agent's log, mend the cause and run `pulumi up` again: it continues here.",
      "",
    ].join("\n"),
  );
});

test("one that is not there: the reason of the silence is told", async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const servers = [{ name: "s1", url: `http://127.0.0.1:${port}` }];

  const { code, stderr } = await gate({ ...request(1), requirements: [{ kind: "nomad-keyring", servers }] });
  expect(code).toBe(1);
  expect(stderr).toContain(
    `${servers[0]?.url}/.well-known/jwks.json does not answer: connect ECONNREFUSED 127.0.0.1:${port}\n`,
  );
});

test("a request that it cannot read: exit code 2", async () => {
  const { code, stdout, stderr } = await gate("{");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^The gate could not do its work: .*JSON/);
});
