import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  NomadClient,
  NomadError,
  NomadUnreachable,
  quoteLargeIntegers,
} from "../../../../offline/plugins/nomad/client";
import { connection, type Settings } from "../../../../offline/plugins/nomad/config";

let server: Server;
let answer: { status: number; body: string };
let last: { request: IncomingMessage; body: string };
let nomad: NomadClient;

const connect = (settings: Settings = {}) => {
  const { port } = server.address() as AddressInfo;
  nomad = new NomadClient(connection({ address: `http://127.0.0.1:${port}`, ...settings }, {}));
  return nomad;
};

beforeEach(async () => {
  answer = { status: 200, body: "{}" };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      last = { request, body };
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  nomad.close();
  await new Promise((resolve) => server.close(resolve));
});

test("sends token, headers, basic authentication, region and namespace", async () => {
  const client = connect({ secretId: "t", httpAuth: "u:p", region: "eu", headers: [{ name: "X-A", value: "b" }] });
  await client.put("/v1/jobs", { Job: { ID: "ä" } }, { query: { namespace: "team", purge: undefined } });
  expect(last.request.method).toBe("PUT");
  expect(last.request.url).toBe("/v1/jobs?region=eu&namespace=team");
  expect(last.request.headers).toMatchObject({
    "x-nomad-token": "t",
    "x-a": "b",
    authorization: `Basic ${Buffer.from("u:p").toString("base64")}`,
    "content-type": "application/json",
  });
  expect(JSON.parse(last.body)).toEqual({ Job: { ID: "ä" } });
});

test("tells what Nomad answered to what, and what to do about a missing right", async () => {
  answer = { status: 403, body: "Permission denied\n" };
  const error = await connect()
    .get("/v1/jobs")
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NomadError);
  expect((error as Error).message).toBe(
    `Nomad at ${nomad.address} answered 403 to GET /v1/jobs: Permission denied; ` +
      "give the provider a token (secretId) whose policies allow this",
  );
});

test("what Nomad does not know is undefined, and gone already when deleted", async () => {
  answer = { status: 404, body: "job not found" };
  await expect(connect().find("/v1/job/x")).resolves.toBeUndefined();
  await expect(nomad.deleteIfThere("/v1/job/x")).resolves.toBeUndefined();
  await expect(nomad.get("/v1/job/x")).rejects.toThrow("404");
  answer = { status: 500, body: "no leader" };
  await expect(nomad.find("/v1/job/x")).rejects.toThrow("no leader");
  await expect(nomad.deleteIfThere("/v1/job/x")).rejects.toThrow("no leader");
});

test("an agent that does not listen is named, with what to check", async () => {
  connect({ address: "http://127.0.0.1:1" });
  const error = await nomad.get("/v1/jobs").catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NomadUnreachable);
  expect((error as Error).message).toMatch(/^Nomad at http:\/\/127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED/);
});

test("stops when it is told to", async () => {
  const signal = AbortSignal.abort();
  await expect(connect().get("/v1/jobs", { signal })).rejects.toThrow(NomadUnreachable);
});

test("keeps every digit of large integers on request, and text as it is", async () => {
  answer = { status: 200, body: '{"SubmitTime":1764000000123456789,"Version":3}' };
  await expect(connect().get("/v1/job/x", { exactIntegers: true })).resolves.toEqual({
    SubmitTime: "1764000000123456789",
    Version: 3,
  });
  const tricky = '{"a\\"1234567890123456789":"1234567890123456789","b":1.2345678901234567890,"c":[-1234567890123456]}';
  expect(quoteLargeIntegers(tricky)).toBe(tricky.replace("-1234567890123456", '"-1234567890123456"'));
});
