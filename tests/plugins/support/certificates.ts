import { completed } from "../../../offline/plugins/kit/complete";
import type { ResourceDefinition, Values } from "../../../offline/plugins/kit/definition";
import { certRequest } from "../../../offline/plugins/tls/certRequest";
import { locallySignedCert } from "../../../offline/plugins/tls/locallySignedCert";
import { privateKey } from "../../../offline/plugins/tls/privateKey";
import { selfSignedCert } from "../../../offline/plugins/tls/selfSignedCert";

/** PEM texts of one agent: its authority's certificate, its own, its key. */
export interface AgentCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

async function make(resource: unknown, inputs: Values): Promise<Record<string, string>> {
  const definition = resource as ResourceDefinition;
  const all = completed(definition, "framework", inputs);
  return (await definition.create(all as never, { log: () => undefined } as never)).outputs as Record<string, string>;
}

const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/** An authority of the tls stand-in, which certifies agents for the names they are given. */
export async function authority(commonName: string): Promise<(name: string) => Promise<AgentCertificate>> {
  const caKey = (await make(privateKey, ecdsa)).privateKeyPem;
  const ca = await make(selfSignedCert, {
    privateKeyPem: caKey,
    subject: { commonName },
    isCaCertificate: true,
    allowedUses: ["cert_signing", "crl_signing"],
    validityPeriodHours: 1,
  });
  return async (name) => {
    const key = (await make(privateKey, ecdsa)).privateKeyPem;
    const request = await make(certRequest, {
      privateKeyPem: key,
      subject: { commonName: name },
      dnsNames: [name, "localhost"],
      ipAddresses: ["127.0.0.1"],
    });
    const signed = await make(locallySignedCert, {
      caCertPem: ca.certPem,
      caPrivateKeyPem: caKey,
      certRequestPem: request.certRequestPem,
      allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
      validityPeriodHours: 1,
    });
    return { ca: ca.certPem as string, cert: signed.certPem as string, key: key as string };
  };
}
