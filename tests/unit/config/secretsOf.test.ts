import { resolveAccess } from "../../../components/config/access";
import { expandHosts } from "../../../components/config/hosts";
import { parseConfig } from "../../../components/config/parse";
import { secretsOf } from "../../../components/secrets";
import { planStack } from "../../../components/stack";
import { planTopology } from "../../../components/topology";
import { type Raw, sandbox } from "../../support/configs";

const pem = (name: string) => `-----BEGIN ${name}-----\nhunter2-${name}\n`;
const read = (path: string): string => {
  if (path === "gone") {
    throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
  }
  return `text of ${path}`;
};

function gathered(raw: Raw) {
  const { config } = parseConfig(raw);
  if (config === undefined) {
    throw new Error("this configuration was meant to be valid");
  }
  const { access } = resolveAccess(expandHosts(config), read);
  return {
    ...secretsOf(config, access, read),
    topology: planTopology(config, access, { signingKey: "the signer's key" }),
  };
}

const [one] = sandbox.hosts as Raw[];
const login = { user: "ops", hostKey: "ssh-ed25519 AAAA" };
const bastion = { ...login, address: "gate", privateKey: pem("GATE") };
const ssh = { ...login, privateKey: pem("SSH"), sudoPassword: "hunter2-sudo", bastion };
const secretive: Raw = {
  ...sandbox,
  hosts: [{ ...one, address: "10.0.0.1", substrate: "ubuntu", ssh }],
  nomad: { variables: { "nomad/jobs/web": { password: "hunter2-variable" } } },
  fabio: { certificate: { cert: pem("CERT"), key: pem("KEY") } },
};

test("what nobody may see is gathered, from wherever it was written", () => {
  expect(gathered(secretive)).toMatchObject({
    problems: [],
    secrets: {
      hosts: new Map([
        ["sandbox", { privateKey: pem("SSH"), bastionPrivateKey: pem("GATE"), sudoPassword: "hunter2-sudo" }],
      ]),
      fabioCertificate: { cert: pem("CERT"), key: pem("KEY") },
      nomadVariables: { "nomad/jobs/web": { password: "hunter2-variable" } },
    },
  });
});

test("nothing of it is in the plan, which may be shown to anyone", () => {
  const { topology, secrets } = gathered(secretive);
  expect(JSON.stringify([[...secrets.hosts], secrets])).toContain("hunter2");
  expect(JSON.stringify(topology)).not.toContain("hunter2");
  expect(topology.hosts[0]?.substrate).toMatchObject({ kind: "ubuntu", software: { signingKey: "the signer's key" } });
});

test("a certificate out of files", () => {
  const certificate = { certFile: "a", keyFile: "b" };
  const { secrets, problems, topology } = gathered({ ...sandbox, fabio: { certificate } });
  expect(problems).toEqual([]);
  expect(secrets.fabioCertificate).toEqual({ cert: "text of a", key: "text of b" });
  expect(topology.fabios[0]?.certificate).toBe(true);
});

test("files of a certificate that are not there", () => {
  const message = "there is no such file; paths are relative to the project";
  const certificate = { certFile: "gone", keyFile: "gone" };
  expect(gathered({ ...sandbox, fabio: { certificate } }).problems).toEqual([
    { where: "fabio.certificate.certFile", value: "gone", message },
    { where: "fabio.certificate.keyFile", value: "gone", message },
  ]);
});

test("a stack without a certificate has none", () => {
  const { secrets, topology } = gathered(sandbox);
  expect(secrets).toEqual({ hosts: new Map([["sandbox", {}]]), nomadVariables: {} });
  expect(topology.fabios[0]?.certificate).toBe(false);
});

test("the authority of Vault's certificate is read from the file that is named", async () => {
  const { config } = parseConfig({ ...sandbox, vault: { address: "https://vault.example", caFile: "ca.pem" } });
  const planned = await planStack({ config, chosenJobs: {}, problems: [] }, [], (path) => `text of ${path}`);
  expect(planned.topology.nomadClients[0]?.vault).toMatchObject({ authority: "text of ca.pem" });
});
