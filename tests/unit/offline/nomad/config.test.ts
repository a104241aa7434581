import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { connection } from "../../../../offline/plugins/nomad/config";

const folder = mkdtempSync(path.join(os.tmpdir(), "hs-test-nomad-config-"));
const file = (name: string) => {
  writeFileSync(path.join(folder, name), name);
  return path.join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

test("without settings and environment it is the agent on this machine", () => {
  expect(connection({}, {})).toMatchObject({
    address: "http://127.0.0.1:4646",
    region: undefined,
    token: undefined,
    headers: [],
    tls: { ca: undefined, cert: undefined, key: undefined, skipVerify: false },
  });
});

const environment = {
  NOMAD_ADDR: "https://env:4646/",
  NOMAD_REGION: "env",
  NOMAD_TOKEN: "env-token",
  NOMAD_HTTP_AUTH: "u:p",
  NOMAD_SKIP_VERIFY: "true",
  NOMAD_TLS_SERVER_NAME: "server.env.nomad",
};

test("the environment fills in what is not set", () => {
  expect(connection({}, environment)).toMatchObject({
    address: "https://env:4646",
    region: "env",
    token: "env-token",
    httpAuth: "u:p",
    tls: { skipVerify: true, serverName: "server.env.nomad" },
  });
});

test("settings win over the environment, and ignored variables are not read", () => {
  const settings = {
    address: "http://set:1",
    secretId: "set",
    skipVerify: false,
    ignoreEnvVars: { NOMAD_REGION: true },
  };
  expect(connection(settings, environment)).toMatchObject({
    address: "http://set:1",
    region: undefined,
    token: "set",
    tls: { skipVerify: false },
  });
});

test("certificates come as text, from files, and from files that the environment names", () => {
  const [ca, cert, key] = [file("ca"), file("cert"), file("key")];
  const tls = { ca: "ca", cert: "cert", key: "key" };
  expect(connection({ caPem: "ca", certPem: "cert", keyPem: "key" }, {}).tls).toMatchObject(tls);
  expect(connection({ caFile: ca, certFile: cert, keyFile: key }, {}).tls).toMatchObject(tls);
  const named = { NOMAD_CACERT: ca, NOMAD_CLIENT_CERT: cert, NOMAD_CLIENT_KEY: key };
  expect(connection({}, named).tls).toMatchObject(tls);
});

test.each([
  [{ address: "nomad:4646" }, 'nomad.Provider.address (or NOMAD_ADDR) is "nomad:4646"'],
  [{ address: "ann:pa55@nomad:4646" }, 'nomad.Provider.address (or NOMAD_ADDR) is "[secret]@nomad:4646"'],
  [{ caPem: "a", caFile: "b" }, "give caPem or caFile, not both"],
  [{ certPem: "a" }, "give keyFile or keyPem too"],
  [{ keyPem: "a" }, "give certFile or certPem too"],
  [{ caFile: "/no/such/ca.pem" }, "nomad.Provider.caFile: /no/such/ca.pem cannot be read"],
])("%j is refused with its setting's name", (settings, reason) => {
  expect(() => connection(settings, {})).toThrow(reason);
});
