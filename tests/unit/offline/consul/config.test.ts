import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { connection } from "../../../../offline/plugins/consul/config";

const folder = mkdtempSync(path.join(os.tmpdir(), "hs-test-consul-config-"));
const file = (name: string) => {
  writeFileSync(path.join(folder, name), name);
  return path.join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

test("without settings and environment it is the agent on this machine", () => {
  expect(connection({}, {})).toEqual({
    address: "http://localhost:8500",
    token: undefined,
    httpAuth: undefined,
    headers: [],
    tls: { ca: undefined, cert: undefined, key: undefined, serverName: undefined, skipVerify: false },
  });
});

const environment = {
  CONSUL_HTTP_ADDR: "https://env:8501/",
  CONSUL_HTTP_TOKEN: "env-token",
  CONSUL_HTTP_AUTH: "u:p",
  CONSUL_HTTP_SSL_VERIFY: "false",
  CONSUL_TLS_SERVER_NAME: "server.dc1.consul",
  CONSUL_DATACENTER: "env",
};

test("the environment fills in what is not set", () => {
  expect(connection({}, environment)).toMatchObject({
    address: "https://env:8501",
    token: "env-token",
    httpAuth: "u:p",
    datacenter: "env",
    query: { dc: "env" },
    tls: { serverName: "server.dc1.consul", skipVerify: true },
  });
});

test("settings win over the environment", () => {
  const settings = { address: "set:1", scheme: "https", token: "set", datacenter: "dc2", insecureHttps: false };
  expect(connection(settings, environment)).toMatchObject({
    address: "https://set:1",
    token: "set",
    datacenter: "dc2",
    tls: { skipVerify: false },
  });
});

test.each([
  [{ address: "a:1" }, {}, "http://a:1"],
  [{ address: "https://a:1" }, {}, "https://a:1"],
  [{ address: "a:1", scheme: "https" }, {}, "https://a:1"],
  [{ address: "a:1" }, { CONSUL_SCHEME: "https" }, "https://a:1"],
  [{ address: "a:1" }, { CONSUL_HTTP_SSL: "true" }, "https://a:1"],
  [{ address: "unix:///run/consul.sock" }, {}, "unix:///run/consul.sock"],
])("%j with %j is %s", (settings, variables, address) => {
  expect(connection(settings, variables).address).toBe(address);
});

test("certificates come as text, from files, and from files that the environment names", () => {
  const [ca, cert, key] = [file("ca"), file("cert"), file("key")];
  const tls = { ca: "ca", cert: "cert", key: "key" };
  expect(connection({ caPem: "ca", certPem: "cert", keyPem: "key" }, {}).tls).toMatchObject(tls);
  expect(connection({ caFile: ca, certFile: cert, keyFile: key }, {}).tls).toMatchObject(tls);
  const theirs = { CONSUL_CA_FILE: ca, CONSUL_CERT_FILE: cert, CONSUL_KEY_FILE: key };
  expect(connection({}, theirs).tls).toMatchObject(tls);
  const usual = { CONSUL_CACERT: ca, CONSUL_CLIENT_CERT: cert, CONSUL_CLIENT_KEY: key };
  expect(connection({}, usual).tls).toMatchObject(tls);
});

test.each([
  [{ scheme: "ftp" }, 'consul.Provider.scheme is "ftp"; expected http or https'],
  [{ insecureHttps: true }, "consul.Provider.insecureHttps is for https only"],
  [{ caPem: "a", caFile: "b" }, "give caPem or caFile, not both"],
  [{ certPem: "a" }, "give keyFile or keyPem too"],
  [{ caFile: "/no/such/ca.pem" }, "consul.Provider.caFile: /no/such/ca.pem cannot be read"],
])("%j is refused with its setting's name", (settings, reason) => {
  expect(() => connection(settings, {})).toThrow(reason);
});
