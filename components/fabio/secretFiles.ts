import * as pulumi from "@pulumi/pulumi";
import { holderOf } from "../consul/acl/holderNames";
import type { AgentSpec } from "../hosts/host";
import type { Security } from "../security/security";
import type { FabioPlan } from "../topology";
import { ingressNames } from "./properties";

/** Certificate and key of the HTTPS proxy, in PEM. */
export interface IngressCertificate {
  readonly cert: string;
  readonly key: string;
}

const tokenName = "consul-token";

/** What only this Fabio may read, and how it finds it. */
export function fabioSecrets(
  { host }: FabioPlan,
  security: Security,
  certificate?: IngressCertificate,
): Pick<AgentSpec, "secretFiles" | "environment"> {
  const token = security.tokenIfAcl(holderOf.fabio(host));
  return {
    secretFiles: [
      ...security.authorityFiles(),
      ...(certificate
        ? [
            { name: ingressNames.certificate, content: pulumi.output(certificate.cert) },
            { name: ingressNames.key, content: pulumi.secret(certificate.key) },
          ]
        : []),
      ...(token ? [{ name: tokenName, content: token }] : []),
    ],
    // Among its settings it would show the token: in its log when it starts, and to whoever asks its API for them.
    ...(token ? { environment: ({ configuration }) => tokenFromFile(`${configuration}/${tokenName}`) } : {}),
  };
}

/** Fabio's Consul client takes the token from the file that this variable names. */
export function tokenFromFile(file: string): Record<string, string> {
  return { CONSUL_HTTP_TOKEN_FILE: file };
}
