import { createHash, createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import { type JsonGeneralName, PublicKey, SubjectAlternativeNameExtension } from "./x509";

type Crypto = typeof globalThis.crypto;
type WebKey = Awaited<ReturnType<Crypto["subtle"]["importKey"]>>;

/** How the library signs with a key, as Go would: the digest goes with the size of the key. */
const forms: Readonly<Record<string, { key: object; signature: object }>> = {
  rsa: signing({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }),
  ed25519: signing({ name: "Ed25519" }),
  prime256v1: signing({ name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }),
  secp384r1: signing({ name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" }),
  secp521r1: signing({ name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" }),
};

function signing(form: object) {
  return { key: form, signature: form };
}

export const webCrypto = webcrypto as unknown as Crypto;

/** A private key for the library. */
export async function signingKey(key: KeyObject): Promise<{ key: WebKey; algorithm: EcdsaParams }> {
  const form = forms[key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? ""];
  if (form === undefined) {
    throw new Error(
      `the stand-in for the tls plugin cannot sign with a key of the curve ${key.asymmetricKeyDetails?.namedCurve}; ` +
        "use the curve P256, P384 or P521, or the official plugin",
    );
  }
  const der = key.export({ format: "der", type: "pkcs8" });
  return {
    key: await webCrypto.subtle.importKey("pkcs8", der, form.key as EcKeyImportParams, true, ["sign"]),
    algorithm: form.signature as EcdsaParams,
  };
}

/** The public half of a key for the library. */
export async function verifyingKey(key: KeyObject): Promise<WebKey> {
  return new PublicKey(createPublicKey(key).export({ format: "der", type: "spki" })).export(webCrypto);
}

/** Names of the extension, or nothing where there are none. */
export function alternativeNamesOf(given: {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
}): SubjectAlternativeNameExtension[] {
  const names: JsonGeneralName[] = [
    ...(given.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(given.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(given.uris ?? []).map((value) => ({ type: "url" as const, value })),
  ];
  return names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : [];
}

/** Identifier of a public key, as the provider computes it. */
export async function keyIdentifier(key: PublicKey): Promise<string> {
  if (key.algorithm.name === "Ed25519") {
    // It hashes the key inside an octet string.
    const bytes = Buffer.from(key.rawData).subarray(-32);
    return createHash("sha1")
      .update(Buffer.from([4, 32]))
      .update(bytes)
      .digest("hex");
  }
  return Buffer.from(await key.getKeyIdentifier(webCrypto)).toString("hex");
}
