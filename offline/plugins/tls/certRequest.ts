import { defineResource, property } from "../kit/definition";
import { hashOf, readKey } from "./keys";
import { alternativeNamesOf, signingKey, verifyingKey, webCrypto } from "./signing";
import { alternativeNames, checkNames, nameOf, subject } from "./subject";
import { asPem, writeOnly } from "./text";
import { Pkcs10CertificateRequestGenerator } from "./x509";

const { string } = property;

/** `tls:index/certRequest:CertRequest` */
export const certRequest = defineResource<undefined>()({
  token: "tls:index/certRequest:CertRequest",
  inputs: {
    ...alternativeNames,
    privateKeyPem: string({ required: true, secret: true, replaces: true }),
    subject,
  },
  refused: writeOnly("privateKeyPem"),
  outputs: { certRequestPem: string(), id: string(), keyAlgorithm: string() },

  check: checkNames,

  async create(given) {
    const { key, algorithm } = readKey(given.privateKeyPem);
    const signer = await signingKey(key);
    const request = await Pkcs10CertificateRequestGenerator.create(
      {
        name: nameOf(given.subject),
        keys: { privateKey: signer.key, publicKey: await verifyingKey(key) },
        signingAlgorithm: signer.algorithm,
        extensions: alternativeNamesOf(given),
      },
      webCrypto,
    );
    const bytes = Buffer.from(request.rawData);
    const id = hashOf(bytes);
    return {
      id,
      outputs: { id, certRequestPem: asPem("CERTIFICATE REQUEST", bytes), keyAlgorithm: algorithm },
    };
  },
});
