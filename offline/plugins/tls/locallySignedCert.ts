import { X509Certificate as NodeCertificate } from "node:crypto";
import { defineResource, property } from "../kit/definition";
import {
  certificateInputs,
  certificateOutputs,
  checkCertificate,
  issue,
  updateInPlace,
  whatTimeDid,
  withRenewal,
} from "./certificate";
import { readKey } from "./keys";
import { signingKey } from "./signing";
import { writeOnly } from "./text";
import { Pkcs10CertificateRequest, SubjectKeyIdentifierExtension, X509Certificate } from "./x509";

const { string } = property;

/** `tls:index/locallySignedCert:LocallySignedCert` */
export const locallySignedCert = defineResource<undefined>()({
  token: "tls:index/locallySignedCert:LocallySignedCert",
  imports: false,
  inputs: {
    ...certificateInputs,
    caCertPem: string({ required: true, replaces: true }),
    caPrivateKeyPem: string({ required: true, secret: true, replaces: true }),
    certRequestPem: string({ required: true, replaces: true }),
  },
  refused: writeOnly("caPrivateKeyPem"),
  outputs: { ...certificateOutputs, caKeyAlgorithm: string() },
  check: (news) => ({ inputs: news, failures: checkCertificate(news) }),
  diff: ({ state }, news, _, compare) => withRenewal(state, news, compare()),

  async create(given, { log }) {
    const { key, algorithm } = readKey(given.caPrivateKeyPem);
    const authority = parsed("caCertPem", given.caCertPem, X509Certificate);
    const request = parsed("certRequestPem", given.certRequestPem, Pkcs10CertificateRequest);
    if (!new NodeCertificate(given.caCertPem).checkPrivateKey(key)) {
      throw new Error(
        "caPrivateKeyPem is not the key of the certificate in caCertPem: nobody would trust what it signs; " +
          "give the certificate and the key of one authority",
      );
    }
    if (!isAuthority(authority)) {
      log(
        "warning",
        "the certificate given as caCertPem is not that of an authority: what it signs may not be trusted",
      );
    }
    const names = request.getExtension("2.5.29.17");
    const itself = request.subject === authority.subject;
    const identifier = itself ? undefined : authority.getExtension(SubjectKeyIdentifierExtension)?.keyId;
    const { id, outputs } = await issue(
      given,
      { name: request.subjectName, key: request.publicKey, alternativeNames: names ? [names] : [] },
      { name: authority.subjectName, key: await signingKey(key), ...(identifier ? { identifier } : {}) },
    );
    return { id, outputs: { ...outputs, caKeyAlgorithm: algorithm } };
  },

  async read({ id, state }) {
    return { id, outputs: whatTimeDid(state) };
  },

  update: updateInPlace,
});

function parsed<T>(property: string, pem: string, Kind: new (pem: string) => T): T {
  try {
    return new Kind(pem);
  } catch (cause) {
    throw new Error(`failed to parse ${property}: ${(cause as Error).message}`, { cause });
  }
}

function isAuthority(certificate: X509Certificate): boolean {
  return certificate.extensions.some((each) => "ca" in each && each.ca === true);
}
