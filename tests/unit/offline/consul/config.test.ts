import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { connection } from "../../../../offline/plugins/consul/config";

const folder = mkdtempSync(path.join(os.tmpdir(), "hs-test-consul-config-"));
const file = (name: string) => {
  writeFileSync(path.join(folder, name.trim()), name);
  return path.join(folder, name.trim());
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
  [{ address: "a:1" }, { CONSUL_HTTP_SCHEME: "https" }, "https://a:1"],
  [{ address: "a:1", scheme: "http" }, { CONSUL_HTTP_SSL: "true", CONSUL_SCHEME: "https" }, "http://a:1"],
  [{ address: "http://a:1", scheme: "https" }, {}, "https://a:1"],
  [{ address: "https://a:1", scheme: "http" }, {}, "https://a:1"],
  [{}, { CONSUL_HTTP_ADDR: "http://a:1/consul/" }, "http://a:1/consul"],
  [{}, { CONSUL_ADDRESS: "b:2", CONSUL_HTTP_ADDR: "a:1" }, "http://b:2"],
  [{ address: "unix:///run/consul.sock" }, {}, "unix:///run/consul.sock"],
])("%j with %j is %s", (settings, variables, address) => {
  expect(connection(settings, variables).address).toBe(address);
});

test("a token comes from the settings, or from the environment, where a file comes before the text", () => {
  const variables = { CONSUL_HTTP_TOKEN: "text", CONSUL_HTTP_TOKEN_FILE: file("from-file\n") };
  expect(connection({}, variables).token).toBe("from-file");
  expect(connection({}, { ...variables, CONSUL_TOKEN: "own" }).token).toBe("own");
  expect(connection({ token: "set" }, variables).token).toBe("set");
  expect(() => connection({}, { CONSUL_HTTP_TOKEN_FILE: "/no/such" })).toThrow(
    "CONSUL_HTTP_TOKEN_FILE: /no/such cannot be read",
  );
});

test.each([
  [{ CONSUL_NAMESPACE: "team" }, "CONSUL_NAMESPACE: namespaces are Consul Enterprise's"],
  [{ CONSUL_PARTITION: "eu" }, "CONSUL_PARTITION: partitions are Consul Enterprise's"],
  [{ CONSUL_CAPATH: "/etc/ca" }, "CONSUL_CAPATH: give one file"],
])("what the environment asks for and is not supported is refused by name: %j", (variables, reason) => {
  expect(() => connection({}, variables)).toThrow(`the stand-in for the consul plugin does not support ${reason}`);
});

test("a folder of authorities is of no matter where one is given", () => {
  expect(connection({ caPem: "ca" }, { CONSUL_CAPATH: "/etc/ca" }).tls.ca).toBe("ca");
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
  [{ address: "ftp://a" }, 'expected host:port, http://host:port, https://host:port or unix:///path, got "ftp://a"'],
  [{ address: "a b:1" }, "consul.Provider.address (or CONSUL_HTTP_ADDR) names no API"],
  [{ address: "http://ann:pa55@a:port" }, 'got "http://[secret]@a:port"'],
  [{ scheme: "ftp" }, 'consul.Provider.scheme is "ftp"; expected http or https'],
  [{ address: "http://ann:pa55@a", insecureHttps: true }, "the address is http://[secret]@a; set scheme to https"],
  [{ insecureHttps: true }, "consul.Provider.insecureHttps is for https only"],
  [{ caPem: "a", caFile: "b" }, "give caPem or caFile, not both"],
  [{ certPem: "a" }, "give keyFile or keyPem too"],
  [{ caFile: "/no/such/ca.pem" }, "consul.Provider.caFile: /no/such/ca.pem cannot be read"],
])("%j is refused with its setting's name", (settings, reason) => {
  expect(() => connection(settings, {})).toThrow(reason);
});
