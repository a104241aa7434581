import { judge } from "../support/judge";
import { PulumiProject } from "./support/pulumiProject";
import { pulumiCommand } from "./support/tools";

jest.setTimeout(120_000);

let project: PulumiProject;

beforeAll(async () => {
  project = await PulumiProject.create("hs-test-tls", await pulumiCommand(), [
    { kind: "resource", name: "tls", version: "5.6.1" },
  ]);
});
afterAll(() => project?.dispose());

const program = (body: string) => project.source(`const tls = require("@pulumi/tls");\n${body}\n`);
const up = (...more: string[]) => project.run(["up", "--yes", "--skip-preview", ...more]);
const plain = (value: unknown) => JSON.parse((value as { plaintext: string }).plaintext) as string;

interface Chain {
  readonly name?: string;
  readonly hours?: number;
  readonly notice?: number;
}

const chain = ({ name = "server.dc1.consul", hours = 24, notice = 2 }: Chain = {}) => `
  const caKey = new tls.PrivateKey("caKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const ca = new tls.SelfSignedCert("ca", {
    privateKeyPem: caKey.privateKeyPem, subject: { commonName: "CA" }, isCaCertificate: true,
    allowedUses: ["cert_signing", "crl_signing"], validityPeriodHours: 1000 });
  const key = new tls.PrivateKey("key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const request = new tls.CertRequest("request", {
    privateKeyPem: key.privateKeyPem, subject: { commonName: "${name}" },
    dnsNames: ["${name}", "localhost"], ipAddresses: ["127.0.0.1"] });
  const leaf = new tls.LocallySignedCert("leaf", {
    certRequestPem: request.certRequestPem, caCertPem: ca.certPem, caPrivateKeyPem: caKey.privateKeyPem,
    allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
    validityPeriodHours: ${hours}, earlyRenewalHours: ${notice} });
  exports.ca = ca.certPem;
  exports.leaf = leaf.certPem;`;

const outputs = async () =>
  JSON.parse(await project.run(["stack", "output", "--json"])) as { ca: string; leaf: string };

test("makes a chain in one run, though every link waits for the one before", async () => {
  await program(chain());
  expect(await project.run(["preview"])).toMatch(/6 to create/);
  await up();
  const { ca, leaf } = await outputs();
  const args = ["verify", "-x509_strict", "-CAfile", "ca.pem", "-verify_hostname", "server.dc1.consul", "leaf.pem"];
  expect(judge("openssl", args, { "ca.pem": ca, "leaf.pem": leaf })).toBe("leaf.pem: OK\n");
});

test("records what the official plugin records", async () => {
  const { key, ca, request, leaf } = await project.state();
  expect(key?.inputs).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P256" });
  expect(key?.outputs).toMatchObject({
    __meta: '{"schema_version":"1"}',
    algorithm: "ECDSA",
    ecdsaCurve: "P256",
    id: key?.id,
    rsaBits: 2048,
    publicKeyFingerprintSha256: expect.stringMatching(/^SHA256:.{43}$/),
  });
  expect(plain(key?.outputs.privateKeyPem)).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
  expect(plain(key?.outputs.privateKeyPemPkcs8)).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(Object.keys(ca?.outputs ?? {}).sort()).toEqual(
    (
      "allowedUses,certPem,earlyRenewalHours,id,isCaCertificate,keyAlgorithm,maxPathLength,privateKeyPem,readyForRenewal," +
      "setAuthorityKeyId,setSubjectKeyId,subject,validityEndTime,validityPeriodHours,validityStartTime"
    ).split(","),
  );
  expect(ca?.outputs).toMatchObject({ keyAlgorithm: "ECDSA", maxPathLength: -1, subject: { commonName: "CA" } });
  expect(request?.id).toMatch(/^[0-9a-f]{40}$/);
  expect(leaf?.outputs).toMatchObject({ caKeyAlgorithm: "ECDSA", earlyRenewalHours: 2, readyForRenewal: false });
  expect(leaf?.id).toMatch(/^\d{30,39}$/);
});

test("keeps keys encrypted, also those that are inputs", async () => {
  const text = await project.run(["stack", "export"]);
  expect(text).not.toContain("PRIVATE KEY");
  expect(text).toContain("BEGIN CERTIFICATE");
});

test("has nothing to do in a second run, nor after a refresh", async () => {
  expect(await up()).toMatch(/6 unchanged/);
  expect(await up("--refresh")).toMatch(/6 unchanged/);
});

test("signs anew what changed, and nothing else", async () => {
  const before = await project.state();
  await program(chain({ name: "server.dc2.consul" }));
  expect(await project.run(["preview"])).toMatch(/2 to replace/);
  expect(await up()).toMatch(/2 replaced/);
  const after = await project.state();
  expect(after.leaf?.id).not.toBe(before.leaf?.id);
  for (const name of ["caKey", "ca", "key"]) expect(after[name]?.id).toBe(before[name]?.id);
});

test("takes a longer notice for no reason to sign anew, until it is due", async () => {
  const before = (await project.state()).leaf?.id;
  await program(chain({ name: "server.dc2.consul", notice: 5 }));
  expect(await up()).toMatch(/1 updated/);
  expect((await project.state()).leaf).toMatchObject({ id: before, outputs: { earlyRenewalHours: 5 } });

  await program(chain({ name: "server.dc2.consul", notice: 25 }));
  expect(await project.run(["preview"])).toMatch(/1 to replace/);
  expect(await up()).toMatch(/1 replaced/);
  expect((await project.state()).leaf?.id).not.toBe(before);
});

test("shows after a refresh that a certificate is due, and renews it in every run while it is", async () => {
  await project.run(["refresh", "--yes", "--skip-preview"]);
  expect((await project.state()).leaf?.outputs.readyForRenewal).toBe(true);
  expect(await up()).toMatch(/1 replaced/);
  await program(chain({ name: "server.dc2.consul" }));
  await up();
  expect((await project.state()).leaf?.outputs.readyForRenewal).toBe(false);
  expect(await up("--refresh")).toMatch(/6 unchanged/);
});

test.each([
  ['PrivateKey("x", { algorithm: "DSA" })', 'value must be one of: "RSA" "ECDSA" "ED25519", got: "DSA"'],
  [
    'SelfSignedCert("x", { privateKeyPem: "a", allowedUses: ["everything"], validityPeriodHours: 1 })',
    '"everything" is none of: any_extended',
  ],
  [
    'CertRequest("x", { privateKeyPem: "a", ipAddresses: ["10.0.0"] })',
    '"10.0.0" is no IP address; expected e.g. 10.0.0.1',
  ],
  ['CertRequest("x", { privateKeyPemWo: "a", privateKeyPemWoVersion: 1 })', "use privateKeyPem"],
])("explains bad input: %s", async (resource, reason) => {
  await program(`new tls.${resource};`);
  const { code, text } = await project.attempt(["preview"]);
  expect(code).not.toBe(0);
  expect(text).toContain(reason);
});

test("goes without a trace", async () => {
  await project.run(["destroy", "--yes", "--skip-preview"]);
  expect(await project.state()).toEqual({});
});
