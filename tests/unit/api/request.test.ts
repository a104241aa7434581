import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer as createTls } from "node:https";
import { type AddressInfo, createServer as createRaw, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { ask, saidIn } from "../../../components/api/request";
import { retry } from "../../../components/api/retry";
import { privateAuthority } from "../../support/authority";

const servers: Server[] = [];
const sockets: Socket[] = [];

/** Starts a server on loopback; ends with the tests. */
async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

afterAll(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Tells what it was asked; `/text`, `/empty`, `/html` and `/refused` answer differently. */
const echo: RequestListener = async (request, response) => {
  const body = await text(request);
  switch (request.url) {
    case "/text":
      return void response.end("No cluster leader");
    case "/empty":
      return void response.end();
    case "/html":
      return void response.writeHead(502).end("<html>Bad Gateway</html>");
    case "/refused":
      return void response.writeHead(403).end('{"error":"Permission denied"}');
    case "/slow":
      response.write("{");
      return;
    case "/cut":
      response.writeHead(200, { "content-length": "100" }).write("{");
      return void setTimeout(() => response.destroy(), 20);
    default:
      return void response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
  }
};

const quick = { timeoutMs: 5000 };
const authority = privateAuthority();
const other = privateAuthority();
let http: string;
let https: string;

beforeAll(async () => {
  http = `http://127.0.0.1:${await listening(createPlain(echo))}`;
  const { cert, key } = await (await authority).issue("127.0.0.1");
  https = `https://127.0.0.1:${await listening(createTls({ cert, key }, echo))}`;
});

test("a question: GET, with its headers and nothing else to say", async () => {
  const answer = await ask(http, { ...quick, headers: { "x-consul-token": "t" } });
  expect(answer).toMatchObject({ status: 200, body: { method: "GET", body: "", headers: { "x-consul-token": "t" } } });
  expect(answer).not.toHaveProperty("body.headers.content-type");
});

test("a body is sent as JSON", async () => {
  expect(await ask(http, { ...quick, method: "PUT", body: { a: "ä" } })).toMatchObject({
    body: { method: "PUT", body: '{"a":"ä"}', headers: { "content-type": "application/json", "content-length": "10" } },
  });
});

test.each([
  ["/text", { status: 200, body: "No cluster leader" }],
  ["/empty", { status: 200, body: "" }],
  ["/html", { status: 502, body: "<html>Bad Gateway</html>" }],
  ["/refused", { status: 403, body: { error: "Permission denied" } }],
])("an answer at %s, JSON or not, with whatever status, is an answer", async (path, answer) => {
  expect(await ask(http + path, quick)).toEqual(answer);
});

test("the cluster's own authority is trusted where it is given", async () => {
  const { ca } = await authority;
  expect(await ask(https, { ...quick, ca })).toMatchObject({ status: 200, body: { method: "GET" } });
});

test("a certificate of another authority is none, and nothing is asked of whoever shows it", async () => {
  const { ca } = await other;
  for (const trusted of [ca, undefined]) {
    const answer = await ask(https, { ...quick, ca: trusted, headers: { "x-consul-token": "hunter2" } });
    expect(answer).toEqual({ status: 0, error: expect.stringMatching(/certificate/) });
    expect(saidIn(answer)).not.toContain("hunter2");
  }
});

test("a certificate of another machine is none", async () => {
  const { ca, issue } = await authority;
  const { cert, key } = await issue("10.0.0.9");
  const url = `https://127.0.0.1:${await listening(createTls({ cert, key }, echo))}`;
  expect(await ask(url, { ...quick, ca })).toEqual({ status: 0, error: expect.stringMatching(/altnames/i) });
});

test.each([
  ["nobody listens", () => closedPort(), /ECONNREFUSED/],
  [
    "something answers that is no HTTP",
    () => listening(createRaw((socket) => socket.end("SSH-2.0-x\r\n"))),
    /Parse Error/,
  ],
  ["somebody hangs up", () => listening(createRaw((socket) => socket.destroy())), /hang up|ECONNRESET/],
])("where %s, that is the answer", async (_what, port, error) => {
  expect(await ask(`http://127.0.0.1:${await port()}`, quick)).toEqual({
    status: 0,
    error: expect.stringMatching(error),
  });
});

test("an answer that breaks off is none", async () => {
  expect(await ask(`${http}/cut`, quick)).toEqual({ status: 0, error: expect.stringMatching(/aborted|ECONNRESET/) });
});

test.each([
  ["says nothing", async () => `http://127.0.0.1:${await listening(createRaw(() => {}))}`],
  ["does not come to an end", async () => `${http}/slow`],
])("one that %s in time is given up", async (_what, url) => {
  const start = Date.now();
  expect(await ask(await url(), { timeoutMs: 150 })).toEqual({ status: 0, error: "no answer within 0.15 s" });
  expect(Date.now() - start).toBeLessThan(2000);
});

test("plain HTTP where TLS is spoken, and TLS where it is not, end with a sentence", async () => {
  expect(await ask(https.replace("https", "http"), quick)).toMatchObject({ status: 0, error: expect.any(String) });
  const { ca } = await authority;
  expect(await ask(http.replace("http", "https"), { ...quick, ca })).toMatchObject({
    status: 0,
    error: expect.stringMatching(/SSL|TLS|EPROTO/i),
  });
});

test("what is no URL is no crash", async () => {
  expect(await ask("", quick)).toEqual({ status: 0, error: expect.stringContaining("Invalid URL") });
});

test.each([
  [{ status: 0, error: "connect ECONNREFUSED" } as const, "connect ECONNREFUSED"],
  [{ status: 403, body: " Permission denied\n" }, "403: Permission denied"],
  [{ status: 500, body: { error: "x" } }, '500: {"error":"x"}'],
  [{ status: 502, body: "" }, "502: (nothing)"],
  [{ status: 502, body: "x".repeat(500) }, `502: ${"x".repeat(200)}`],
])("%j in a sentence", (answer, sentence) => {
  expect(saidIn(answer)).toBe(sentence);
});

test("what works is not tried again; what does not is, until it does", async () => {
  const attempts: number[] = [];
  const result = await retry(5, "x", async (attempt) => {
    attempts.push(attempt);
    if (attempt < 2) {
      throw new Error("not yet");
    }
    return "done";
  });
  expect({ result, attempts }).toEqual({ result: "done", attempts: [0, 1, 2] });
});

test("when time is up, the last reason is told", async () => {
  const start = Date.now();
  await expect(
    retry(0.3, "Consul's tokens", async (n) => Promise.reject(new Error(`reason ${n > 0 ? "last" : n}`))),
  ).rejects.toThrow("Consul's tokens: no success within 0.3 s; at last: reason last");
  expect(Date.now() - start).toBeLessThan(2000);
});

async function closedPort(): Promise<number> {
  const server = createRaw();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
