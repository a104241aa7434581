import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as Crypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 3600 * 1000;
const valid = () => ({ notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) });

/** An authority that nobody else trusts, and what makes certificates of it. PEM texts. */
export interface PrivateAuthority {
  readonly ca: string;
  /** A certificate for an address, and its key. */
  issue(address: string): Promise<{ cert: string; key: string }>;
}

export async function privateAuthority(): Promise<PrivateAuthority> {
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=tests",
    keys,
    signingAlgorithm: algorithm,
    ...valid(),
    extensions: [new x509.BasicConstraintsExtension(true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign)],
  });
  return {
    ca: root.toString("pem"),
    async issue(address) {
      const own = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${address}`,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...valid(),
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: "ip", value: address }])],
      });
      const der = await webcrypto.subtle.exportKey("pkcs8", own.privateKey);
      return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(der, "PRIVATE KEY") };
    },
  };
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}
