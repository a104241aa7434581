import * as pulumi from "@pulumi/pulumi";
import { holderOf } from "../consul/acl/holders";
import type { SecretFile } from "../hosts/host";
import type { Security } from "../security/security";
import type { FabioPlan } from "../topology";
import { ingressNames } from "./properties";

/** Certificate and key of the HTTPS proxy, in PEM. */
export interface IngressCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates that only this Fabio may read. */
export function fabioSecretFiles(security: Security, certificate?: IngressCertificate): SecretFile[] {
  return [
    ...security.authorityFiles(),
    ...(certificate
      ? [
          { name: ingressNames.certificate, content: pulumi.output(certificate.cert) },
          { name: ingressNames.key, content: pulumi.secret(certificate.key) },
        ]
      : []),
  ];
}

/** What this Fabio shows to Consul; nothing without ACLs. */
export function fabioToken({ host }: FabioPlan, security: Security): pulumi.Output<string> | undefined {
  return security.tokenIfAcl(holderOf.fabio(host));
}
