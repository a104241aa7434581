import { X509Certificate } from "node:crypto";
import { completed } from "../../../../offline/plugins/kit/complete";
import {
  type Context,
  type ResourceDefinition,
  UNKNOWN,
  type Values,
} from "../../../../offline/plugins/kit/definition";
import { checkCertificate, updateInPlace, whatTimeDid, withRenewal } from "../../../../offline/plugins/tls/certificate";
import { certRequest } from "../../../../offline/plugins/tls/certRequest";
import { locallySignedCert } from "../../../../offline/plugins/tls/locallySignedCert";
import { privateKey } from "../../../../offline/plugins/tls/privateKey";
import { selfSignedCert } from "../../../../offline/plugins/tls/selfSignedCert";
import { checkNames } from "../../../../offline/plugins/tls/subject";
import { judge } from "../../../support/judge";

const said: string[] = [];
const context = { log: (_: string, message: string) => said.push(message) } as unknown as Context<undefined>;

/** Creates as the kit does: the defaults are in, and the inputs are in the outputs. */
async function create(resource: unknown, inputs: Values): Promise<{ id: string; outputs: Record<string, string> }> {
  const definition = resource as ResourceDefinition;
  const all = completed(definition, "framework", inputs);
  const { id, outputs } = await definition.create(all as never, context as never);
  return { id, outputs: { ...all, ...outputs } as Record<string, string> };
}

const newKey = async (inputs: Values = { algorithm: "ECDSA", ecdsaCurve: "P256" }) =>
  (await create(privateKey, inputs)).outputs;
const text = (pem: string | undefined, kind = "x509") =>
  judge("openssl", [kind, "-in", "c.pem", "-noout", "-text"], { "c.pem": pem ?? "" });

const kinds: readonly Values[] = [
  { algorithm: "ECDSA", ecdsaCurve: "P256" },
  { algorithm: "ECDSA", ecdsaCurve: "P384" },
  { algorithm: "ECDSA", ecdsaCurve: "P521" },
  { algorithm: "RSA", rsaBits: 2048 },
  { algorithm: "ED25519" },
];

describe.each(kinds)("%j", (inputs) => {
  test("is a key to OpenSSL and to OpenSSH", async () => {
    const key = await newKey(inputs);
    for (const pem of [key.privateKeyPem, key.privateKeyPemPkcs8]) {
      expect(judge("openssl", ["pkey", "-in", "k.pem", "-pubout"], { "k.pem": pem ?? "" })).toBe(key.publicKeyPem);
    }
    const open = { id: key.privateKeyOpenssh ?? "" };
    expect(judge("ssh-keygen", ["-y", "-f", "id"], open).trim()).toBe(key.publicKeyOpenssh?.trim());
    const print = (kind: string) => judge("ssh-keygen", ["-l", "-E", kind, "-f", "id"], open).split(" ")[1];
    expect(print("sha256")).toBe(key.publicKeyFingerprintSha256);
    expect(print("md5")).toBe(`MD5:${key.publicKeyFingerprintMd5}`);
    expect(key.id).toMatch(/^[0-9a-f]{40}$/);
  });

  test("signs a chain that OpenSSL verifies, and names its keys as OpenSSL would", async () => {
    const caKey = await newKey(inputs);
    const ca = await create(selfSignedCert, {
      privateKeyPem: caKey.privateKeyPem,
      subject: { commonName: "Test CA", organization: "hashistack" },
      isCaCertificate: true,
      setAuthorityKeyId: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 24,
    });
    const key = await newKey(inputs);
    const request = await create(certRequest, {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: "server.dc1.consul" },
      dnsNames: ["server.dc1.consul", "localhost"],
      ipAddresses: ["127.0.0.1", "::1"],
      uris: ["spiffe://example.org/server"],
    });
    expect(
      judge("openssl", ["req", "-in", "r.pem", "-noout", "-verify"], { "r.pem": request.outputs.certRequestPem ?? "" }),
    ).toBe("");
    const leaf = await create(locallySignedCert, {
      caCertPem: ca.outputs.certPem,
      caPrivateKeyPem: caKey.privateKeyPem,
      certRequestPem: request.outputs.certRequestPem,
      setSubjectKeyId: true,
      allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
      validityPeriodHours: 1,
    });
    const files = { "ca.pem": ca.outputs.certPem ?? "", "leaf.pem": leaf.outputs.certPem ?? "" };
    const hosts = [
      ["-verify_hostname", "server.dc1.consul"],
      ["-verify_ip", "::1"],
    ];
    for (const purpose of ["sslserver", "sslclient"]) {
      for (const host of hosts) {
        expect(
          judge(
            "openssl",
            ["verify", "-x509_strict", "-CAfile", "ca.pem", "-purpose", purpose, ...host, "leaf.pem"],
            files,
          ),
        ).toBe("leaf.pem: OK\n");
      }
    }

    const certificate = new X509Certificate(leaf.outputs.certPem ?? "");
    expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(leaf.id);
    expect(certificate.subjectAltName).toBe(
      "DNS:server.dc1.consul, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://example.org/server",
    );
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(3_600_000);
    expect(Math.abs(Date.parse(String(leaf.outputs.validityEndTime)) - Date.parse(certificate.validTo))).toBeLessThan(
      1000,
    );
    const shown = text(leaf.outputs.certPem);
    expect(shown).toMatch(/X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment/);
    expect(shown).toMatch(/TLS Web Server Authentication, TLS Web Client Authentication/);
    expect(shown).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE/);
    const identifier = (pem: string | undefined, name: string) =>
      new RegExp(`${name} Key Identifier:\\s+([0-9A-F:]+)`).exec(text(pem))?.[1];
    const own = identifier(ca.outputs.certPem, "Subject");
    expect(own).toMatch(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
    expect(identifier(ca.outputs.certPem, "Authority")).toBe(own);
    expect(identifier(leaf.outputs.certPem, "Authority")).toBe(own);
    expect(leaf.outputs).toMatchObject({ readyForRenewal: false, earlyRenewalHours: 0, maxPathLength: -1 });
    if (inputs.algorithm !== "ED25519") {
      // The provider hashes an Ed25519 key in a wrapper; the others as everybody does.
      const usual = judge(
        "openssl",
        ["req", "-x509", "-new", "-key", "k.pem", "-subj", "/CN=x", "-addext", "subjectKeyIdentifier=hash"],
        { "k.pem": caKey.privateKeyPem ?? "" },
      );
      expect(identifier(usual, "Subject")).toBe(own);
    }
  });
});

test("a key of the default curve has no OpenSSH form", async () => {
  const key = await newKey({ algorithm: "ECDSA" });
  expect(key).toMatchObject({ ecdsaCurve: "P224", rsaBits: 2048, privateKeyOpenssh: "", publicKeyOpenssh: "" });
  expect(judge("openssl", ["pkey", "-in", "k.pem", "-text", "-noout"], { "k.pem": key.privateKeyPem ?? "" })).toContain(
    "secp224r1",
  );
});

const common = { allowedUses: ["cert_signing"], validityPeriodHours: 1 };

describe("certificates", () => {
  test("carry the whole subject in the order in which Go writes it", async () => {
    const { privateKeyPem } = await newKey();
    const subject = {
      commonName: "a",
      country: "DE",
      locality: "Köln",
      organization: "O, Inc.",
      organizationalUnit: "OU",
      postalCode: "50667",
      province: "NW",
      serialNumber: "1",
      streetAddresses: ["Street 1"],
    };
    const { outputs } = await create(selfSignedCert, { ...common, privateKeyPem, subject });
    const shown = judge(
      "openssl",
      ["x509", "-in", "c.pem", "-noout", "-subject", "-nameopt", "RFC2253,sep_multiline,utf8,-esc_msb"],
      { "c.pem": outputs.certPem ?? "" },
    );
    const lines = shown
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.includes("="))
      .slice(-9);
    expect(lines).toEqual([
      "serialNumber=1",
      "CN=a",
      "postalCode=50667",
      "street=Street 1",
      "ST=NW",
      "L=Köln",
      "OU=OU",
      "O=O\\, Inc.",
      "C=DE",
    ]);
  });

  test("hold names that must not be overlooked where they name nobody", async () => {
    const { privateKeyPem } = await newKey();
    const { outputs } = await create(selfSignedCert, { ...common, privateKeyPem, dnsNames: ["a.example"] });
    expect(text(outputs.certPem)).toMatch(/Subject Alternative Name: critical\s+DNS:a\.example/);
  });

  test.each([
    [0, /CA:TRUE, pathlen:0/],
    [2, /CA:TRUE, pathlen:2/],
    [-1, /CA:TRUE\n/],
  ])("limit the chain to %d", async (maxPathLength, shown) => {
    const { privateKeyPem } = await newKey();
    const subject = { commonName: "ca" };
    const { outputs } = await create(selfSignedCert, {
      ...common,
      privateKeyPem,
      subject,
      isCaCertificate: true,
      maxPathLength,
    });
    expect(text(outputs.certPem)).toMatch(shown);
  });

  test.each<[Values, string]>([
    [{ isCaCertificate: true }, "must say whose it is"],
    [{ setAuthorityKeyId: true }, "set setSubjectKeyId or isCaCertificate too"],
    [{ privateKeyPem: "nonsense" }, "failed to parse the private key"],
  ])("%j cannot be made", async (inputs, reason) => {
    const { privateKeyPem } = await newKey();
    await expect(create(selfSignedCert, { ...common, privateKeyPem, ...inputs })).rejects.toThrow(reason);
  });

  test("an error about a key does not show the key", async () => {
    const broken = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END PRIVATE KEY-----\n";
    const error = await create(certRequest, { privateKeyPem: broken }).catch((e: Error) => e);
    expect(String((error as Error).stack)).not.toMatch(/c2VjcmV0|secret-secret/);
  });

  test("a key that is not the authority's signs nothing", async () => {
    const [key, other] = [await newKey(), await newKey()];
    const subject = { commonName: "CA" };
    const ca = await create(selfSignedCert, {
      ...common,
      privateKeyPem: key.privateKeyPem,
      subject,
      isCaCertificate: true,
    });
    const request = await create(certRequest, { privateKeyPem: other.privateKeyPem, subject });
    const signed = create(locallySignedCert, {
      ...common,
      caCertPem: ca.outputs.certPem,
      caPrivateKeyPem: other.privateKeyPem,
      certRequestPem: request.outputs.certRequestPem,
    });
    await expect(signed).rejects.toThrow("caPrivateKeyPem is not the key of the certificate in caCertPem");
  });

  test("signed by what is no authority draw a warning", async () => {
    const { privateKeyPem } = await newKey();
    const subject = { commonName: "x" };
    const none = await create(selfSignedCert, { ...common, privateKeyPem, subject });
    const request = await create(certRequest, { privateKeyPem, subject });
    said.length = 0;
    await create(locallySignedCert, {
      ...common,
      caCertPem: none.outputs.certPem,
      caPrivateKeyPem: privateKeyPem,
      certRequestPem: request.outputs.certRequestPem,
    });
    expect(said.join()).toContain("is not that of an authority");
  });
});

describe("bad input", () => {
  test.each<[Values, string]>([
    [{ allowedUses: ["sign_everything"] }, 'allowedUses[0] "sign_everything" is none of: any_extended'],
    [
      { allowedUses: [UNKNOWN], validityPeriodHours: -1 },
      "validityPeriodHours validityPeriodHours must be at least 0, got: -1",
    ],
    [{ allowedUses: [], maxPathLength: -2 }, "maxPathLength maxPathLength must be at least -1, got: -2"],
  ])("%j", (inputs, reason) => {
    expect(
      checkCertificate(inputs)
        .map((each) => `${each.property} ${each.reason}`)
        .join(),
    ).toContain(reason);
  });

  test("names that are none", () => {
    const { failures } = checkNames({ ipAddresses: ["10.0.0.1", "10.0.0.300", UNKNOWN], uris: ["a b"] });
    expect(failures.map(({ property }) => property)).toEqual(["ipAddresses[1]", "uris[0]"]);
  });
});

describe("renewal", () => {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const nothing = { changes: [] };
  const replaced = { changes: [{ path: "readyForRenewal", kind: "update", replaces: true }] };

  test.each([
    ["valid for long", 10, 0, nothing],
    ["within the notice", 10, 11, replaced],
    ["just outside of the notice", 10, 9, nothing],
    ["expired", -1, 0, replaced],
  ])("of what is %s", (_, ends, earlyRenewalHours, expected) => {
    const state = { validityEndTime: inHours(ends), readyForRenewal: false, earlyRenewalHours };
    expect(withRenewal(state, { earlyRenewalHours }, nothing)).toEqual(expected);
    expect(whatTimeDid(state).readyForRenewal).toBe(expected === replaced);
  });

  test("is off again when the notice became shorter", async () => {
    const state = { validityEndTime: inHours(10), readyForRenewal: true, earlyRenewalHours: 11 };
    expect(withRenewal(state, { earlyRenewalHours: 1 }, nothing)).toEqual({
      changes: [{ path: "readyForRenewal", kind: "update", replaces: false }],
    });
    const { outputs } = await updateInPlace({ state }, { earlyRenewalHours: 1, maxPathLength: -1 } as never);
    expect(outputs).toMatchObject({ readyForRenewal: false, earlyRenewalHours: 1 });
  });
});
