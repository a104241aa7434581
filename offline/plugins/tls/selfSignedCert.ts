import { defineResource, property } from "../kit/definition";
import {
  type CertificateInputs,
  certificateInputs,
  certificateOutputs,
  checkCertificate,
  issue,
  updateInPlace,
  whatTimeDid,
  withRenewal,
} from "./certificate";
import { publicBytes, readKey } from "./keys";
import { alternativeNamesOf, keyIdentifier, signingKey } from "./signing";
import { alternativeNames, checkNames, nameOf, subject } from "./subject";
import { writeOnly } from "./text";
import { Name, PublicKey } from "./x509";

const { boolean, string } = property;

/** `tls:index/selfSignedCert:SelfSignedCert` */
export const selfSignedCert = defineResource<undefined>()({
  token: "tls:index/selfSignedCert:SelfSignedCert",
  imports: false,
  inputs: {
    ...certificateInputs,
    ...alternativeNames,
    privateKeyPem: string({ required: true, secret: true, replaces: true }),
    setAuthorityKeyId: boolean({ default: false, replaces: true }),
    subject,
  },
  refused: writeOnly("privateKeyPem"),
  outputs: { ...certificateOutputs, keyAlgorithm: string() },
  check: (news) => ({ inputs: news, failures: [...checkCertificate(news), ...checkNames(news).failures] }),
  diff: ({ state }, news, _, compare) => withRenewal(state, news, compare()),

  async create(given) {
    const { key, algorithm } = readKey(given.privateKeyPem);
    const name = new Name(nameOf(given.subject));
    const publicKey = new PublicKey(new Uint8Array(publicBytes(key)));
    const { id, outputs } = await issue(
      given,
      { name, key: publicKey, alternativeNames: alternativeNamesOf(given) },
      {
        name,
        key: await signingKey(key),
        ...(given.setAuthorityKeyId ? { identifier: await authorityIdentifier(given, publicKey) } : {}),
      },
    );
    return { id, outputs: { ...outputs, keyAlgorithm: algorithm } };
  },

  async read({ id, state }) {
    return { id, outputs: whatTimeDid(state) };
  },

  update: updateInPlace,
});

/** An authority is known by the identifier of its own key: a certificate without one cannot name it. */
async function authorityIdentifier(given: CertificateInputs, key: PublicKey): Promise<string> {
  if (given.isCaCertificate || given.setSubjectKeyId) return keyIdentifier(key);
  throw new Error(
    "setAuthorityKeyId needs an identifier of the authority's key, which here is the certificate's own: " +
      "set setSubjectKeyId or isCaCertificate too",
  );
}
