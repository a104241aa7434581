import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ConsulClient } from "../../../../offline/plugins/consul/client";
import { connection, type Settings } from "../../../../offline/plugins/consul/config";
import { KeyStore } from "../../../../offline/plugins/consul/kv";
import type { ApiError } from "../../../../offline/plugins/hashicorp/client";

interface Answer {
  readonly status: number;
  readonly body: string;
}

let server: Server;
let answers: Answer[];
let asked: { request: IncomingMessage; body: string }[];
let consul: ConsulClient;

const connect = (settings: Settings = {}) => {
  const { port } = server.address() as AddressInfo;
  consul = new ConsulClient(connection({ address: `127.0.0.1:${port}`, token: "s3cret", ...settings }, {}));
  return consul;
};

beforeEach(async () => {
  answers = [];
  asked = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      asked.push({ request, body });
      const { status, body: text } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200, body: "{}" };
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  consul.close();
  await new Promise((resolve) => server.close(resolve));
});

test("sends the token in a header, never in the address, and the datacenter with every request", async () => {
  await connect({ datacenter: "dc2" }).get("/v1/catalog/nodes");
  expect(asked[0]?.request.headers["x-consul-token"]).toBe("s3cret");
  expect(asked[0]?.request.url).toBe("/v1/catalog/nodes?dc=dc2");
});

test("waits for a leader, and for nothing else", async () => {
  answers = [
    { status: 500, body: "No cluster leader" },
    { status: 200, body: '{"ok":true}' },
  ];
  await expect(connect().get("/v1/acl/policies")).resolves.toEqual({ ok: true });
  expect(asked).toHaveLength(2);
  answers = [{ status: 500, body: "something else" }];
  await expect(consul.get("/v1/acl/policies")).rejects.toThrow(
    `Consul at ${consul.address} answered 500 to GET /v1/acl/policies: something`,
  );
  expect(asked).toHaveLength(3);
});

// Answers of Consul 1.22.
test.each<[number, string, "gone" | "refused"]>([
  [404, "Requested policy does not exist: ACL not found", "gone"],
  [403, "token does not exist: ACL not found", "gone"],
  [403, "ACL not found", "refused"],
  [403, "Permission denied: anonymous token lacks permission 'acl:read'.", "refused"],
])("%d %s means that it is %s", async (status, body, meaning) => {
  answers = [{ status, body }];
  const found = connect().findAcl("/v1/acl/policy/x");
  if (meaning === "gone") await expect(found).resolves.toBeUndefined();
  else await expect(found).rejects.toThrow("give the provider a token (token) whose policies allow this");
});

test("asks the agent for its datacenter once, and does without where the token may not", async () => {
  answers = [{ status: 200, body: '{"Config":{"Datacenter":"dc7"}}' }];
  connect();
  expect([await consul.datacenter(), await consul.datacenter()]).toEqual(["dc7", "dc7"]);
  expect(asked).toHaveLength(1);
  answers = [{ status: 403, body: "Permission denied" }];
  expect(await connect().datacenter()).toBe("");
  answers = [{ status: 500, body: "broken" }];
  await expect(connect().datacenter()).rejects.toThrow("broken");
});

test("keys go as they are, with every character that a path may have", async () => {
  const store = new KeyStore(connect(), "dc1", new AbortController().signal);
  answers = [{ status: 200, body: "true" }];
  await store.put({ path: "a b/ü?#", value: '{"not":"touched"} ä', flags: 3 });
  expect(asked[0]?.request.url).toBe("/v1/kv/a%20b/%C3%BC%3F%23?dc=dc1&flags=3");
  expect(asked[0]?.body).toBe('{"not":"touched"} ä');
  const value = Buffer.from("ä").toString("base64");
  answers = [{ status: 200, body: `[{"Key":"a","Value":"${value}","Flags":1},{"Key":"b","Value":null,"Flags":0}]` }];
  await expect(store.list("")).resolves.toEqual([
    { path: "a", value: "ä", flags: 1 },
    { path: "b", value: "", flags: 0 },
  ]);
  answers = [{ status: 404, body: "" }];
  await expect(store.get("a")).resolves.toBeUndefined();
});

test("an agent that does not listen is named, and the token is not", async () => {
  connect({ address: "127.0.0.1:1" });
  const error = await consul.get("/v1/status/leader").catch((e: Error) => e);
  expect((error as Error).message).toMatch(/^Consul at http:\/\/127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED/);
  expect((error as Error).stack).not.toContain("s3cret");
});

describe("no secret is told", () => {
  const secrets = { token: "s3cret-token", httpAuth: "ann:pa55word", headers: [{ name: "x-key", value: "h3ader" }] };

  test("when an answer repeats what it was shown", async () => {
    const shown = ["s3cret-token", "pa55word", "h3ader", Buffer.from(secrets.httpAuth).toString("base64")];
    answers = [{ status: 500, body: `no such token: ${shown.join(" ")}` }];
    const error = (await connect(secrets)
      .get("/v1/kv/a")
      .catch((e: Error) => e)) as ApiError;
    expect(error.message).toMatch(/answered 500 to GET \/v1\/kv\/a: no such token: (\[secret\] ?){4}$/);
    for (const secret of shown) expect(`${error.message}${error.answer}${error.stack}`).not.toContain(secret);
  });

  test("when the address holds a password", async () => {
    connect({ address: "http://ann:pa55word@127.0.0.1:1" });
    await expect(consul.get("/v1/kv/a")).rejects.toThrow("Consul at http://[secret]@127.0.0.1:1 cannot be reached");
    expect(consul.address).toBe("http://[secret]@127.0.0.1:1");
  });

  test("when something else answers, of which nobody knows what it says", async () => {
    answers = [{ status: 200, body: "<html>s3cret" }];
    await expect(connect().get("/v1/kv/a")).rejects.toThrow(
      /answered 200 to GET \/v1\/kv\/a: no JSON; is Consul's API what answers there\?$/,
    );
  });

  test("and words are left whole where what is shown is too short to be a secret", async () => {
    answers = [{ status: 500, body: "a broken answer" }];
    await expect(connect({ token: "a", httpAuth: "a:b" }).get("/v1/kv/a")).rejects.toThrow("a broken answer");
  });
});

test("a name that leads elsewhere is never asked for", async () => {
  const store = new KeyStore(connect(), "", new AbortController().signal);
  for (const path of ["../acl/policy", "a/../../acl/policy", "./a", ".."]) {
    await expect(store.put({ path, value: "{}" })).rejects.toThrow("nothing can be named . or ..");
  }
  await expect(consul.get(`/v1/acl/auth-method/${encodeURIComponent("..")}`)).rejects.toThrow("would lead to /v1/acl/");
  expect(asked).toEqual([]);
});

test("an answer that points elsewhere is not followed", async () => {
  answers = [{ status: 307, body: "" }];
  await expect(connect().get("/v1/kv/a")).rejects.toThrow(
    /answered 307 to GET \/v1\/kv\/a: an empty answer; give the provider the address of the API itself$/,
  );
  expect(asked).toHaveLength(1);
});

test("a datacenter that Consul does not know is the provider's setting", async () => {
  answers = [{ status: 500, body: "No path to datacenter" }];
  await expect(connect({ datacenter: "dc9" }).get("/v1/kv/a")).rejects.toThrow(
    "answered 500 to GET /v1/kv/a: No path to datacenter; check the provider's datacenter",
  );
});

test("an API behind a reverse proxy's prefix is asked there", async () => {
  connect();
  connect({ address: `${consul.address}/consul/` });
  await consul.get("/v1/kv/a", { query: { raw: true } });
  expect(asked[0]?.request.url).toBe("/consul/v1/kv/a?raw=true");
});
