import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);

export const algorithms = ["RSA", "ECDSA", "ED25519"] as const;
export type Algorithm = (typeof algorithms)[number];

/** Curves by the names that the provider gives them, with OpenSSL's names. */
export const curves = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" } as const;
export type Curve = keyof typeof curves;

/** Generates a key. */
export async function newKey(algorithm: Algorithm, curve: Curve, bits: number): Promise<KeyObject> {
  switch (algorithm) {
    case "RSA":
      return (await generate("rsa", { modulusLength: bits })).privateKey;
    case "ECDSA":
      return (await generate("ec", { namedCurve: curves[curve] })).privateKey;
    case "ED25519":
      return (await generate("ed25519")).privateKey;
    default:
      return algorithm satisfies never;
  }
}

/** Reads a key in PEM, of any of the forms that {@link keyPem} and OpenSSL write. */
export function readKey(pem: string): { key: KeyObject; algorithm: Algorithm } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new Error("failed to parse the private key: expected a text in PEM, such as -----BEGIN EC PRIVATE KEY-----", {
      cause,
    });
  }
  const algorithm = ({ rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" } as const)[key.asymmetricKeyType as "rsa"];
  if (algorithm === undefined) {
    throw new Error(`unsupported private key type ${key.asymmetricKeyType}; expected one of ${algorithms.join(", ")}`);
  }
  return { key, algorithm };
}

/** The key in the form that is usual for its algorithm. */
export function keyPem(key: KeyObject): string {
  const type = ({ rsa: "pkcs1", ec: "sec1" } as const)[key.asymmetricKeyType as "rsa"] ?? "pkcs8";
  return key.export({ format: "pem", type }).toString();
}

/** How the provider names a thing after its bytes. */
export function hashOf(bytes: Uint8Array): string {
  // It takes blanks off both ends of what are no texts: kept, so that ids are the same.
  const text = Buffer.from(bytes)
    .toString("latin1")
    .replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
  return createHash("sha1").update(Buffer.from(text, "latin1")).digest("hex");
}

/** Bytes of a public key as certificates carry it. */
export function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" });
}
