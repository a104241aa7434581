import { createPublicKey } from "node:crypto";
import { defineResource, property, Unknown } from "../kit/definition";
import { type Algorithm, algorithms, type Curve, curves, hashOf, keyPem, newKey, publicBytes } from "./keys";
import { openSshKey } from "./openssh";

const { integer, string } = property;

/** `tls:index/privateKey:PrivateKey` */
export const privateKey = defineResource<undefined>()({
  token: "tls:index/privateKey:PrivateKey",
  schemaVersion: 1,
  inputs: {
    algorithm: string({ required: true, replaces: true }),
    ecdsaCurve: string({ default: "P224", replaces: true }),
    rsaBits: integer({ default: 2048, replaces: true }),
  },
  outputs: {
    id: string(),
    privateKeyOpenssh: string({ secret: true }),
    privateKeyPem: string({ secret: true }),
    privateKeyPemPkcs8: string({ secret: true }),
    publicKeyFingerprintMd5: string(),
    publicKeyFingerprintSha256: string(),
    publicKeyOpenssh: string(),
    publicKeyPem: string(),
  },

  check(news) {
    const oneOf = (property: string, allowed: readonly string[]) => {
      const value = news[property];
      return value === undefined || value instanceof Unknown || allowed.includes(String(value))
        ? []
        : [
            {
              property,
              reason: `value must be one of: ${allowed.map((each) => `"${each}"`).join(" ")}, got: "${value}"`,
            },
          ];
    };
    return {
      inputs: news,
      failures: [...oneOf("algorithm", algorithms), ...oneOf("ecdsaCurve", Object.keys(curves))],
    };
  },

  async create({ algorithm, ecdsaCurve, rsaBits }) {
    const key = await newKey(algorithm as Algorithm, ecdsaCurve as Curve, rsaBits);
    const ssh = openSshKey(key);
    const id = hashOf(publicBytes(key));
    return {
      id,
      outputs: {
        id,
        privateKeyPem: keyPem(key),
        privateKeyPemPkcs8: key.export({ format: "pem", type: "pkcs8" }).toString(),
        publicKeyPem: createPublicKey(key).export({ format: "pem", type: "spki" }).toString(),
        privateKeyOpenssh: ssh?.privateKey ?? "",
        publicKeyOpenssh: ssh?.publicKey ?? "",
        publicKeyFingerprintMd5: ssh?.md5 ?? "",
        publicKeyFingerprintSha256: ssh?.sha256 ?? "",
      },
    };
  },
});
