import { defineResource, property } from "../kit/definition";
import {
  certificateInputs,
  certificateOutputs,
  checkCertificate,
  issue,
  whatTimeDid,
  withRenewal,
} from "./certificate";
import { publicBytes, readKey } from "./keys";
import { alternativeNamesOf, keyIdentifier, signingKey } from "./signing";
import { alternativeNames, nameOf, subject } from "./subject";
import { writeOnly } from "./text";
import { Name, PublicKey } from "./x509";

const { boolean, string } = property;

/** `tls:index/selfSignedCert:SelfSignedCert` */
export const selfSignedCert = defineResource<undefined>()({
  token: "tls:index/selfSignedCert:SelfSignedCert",
  schemaVersion: 1,
  inputs: {
    ...certificateInputs,
    ...alternativeNames,
    privateKeyPem: string({ required: true, secret: true, replaces: true }),
    setAuthorityKeyId: boolean({ computed: true, replaces: true }),
    subject,
  },
  refused: writeOnly("privateKeyPem"),
  outputs: { ...certificateOutputs, keyAlgorithm: string() },
  check: checkCertificate,
  diff: ({ state }, news, _, compare) => withRenewal(state, news, compare()),

  async create(given) {
    const { key, algorithm } = readKey(given.privateKeyPem);
    const { setAuthorityKeyId = false } = given;
    const name = new Name(nameOf(given.subject));
    const publicKey = new PublicKey(new Uint8Array(publicBytes(key)));
    const { id, outputs } = await issue(
      given,
      { name, key: publicKey, alternativeNames: alternativeNamesOf(given) },
      {
        name,
        key: await signingKey(key),
        ...(setAuthorityKeyId ? { identifier: await keyIdentifier(publicKey) } : {}),
      },
    );
    return { id, outputs: { ...outputs, setAuthorityKeyId, keyAlgorithm: algorithm } };
  },

  async read({ id, state }) {
    return { id, outputs: whatTimeDid(state) };
  },

  async update({ state }, { earlyRenewalHours = 0 }) {
    return { outputs: { ...state, earlyRenewalHours } };
  },
});
