import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { tokens } from "../tokens";
import type { CertificateNames } from "./certificates";

/** Hours that the authority's own certificate is good for: ten years. */
const authorityHours = 10 * 365 * 24;
/** Hours that an agent's certificate is good for: a year. */
const leafHours = 365 * 24;
/** Hours before its end from which on the next `pulumi up` makes a new one. */
const renewalHours = 60 * 24;

const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

export interface AuthorityArgs {
  /** Name of the cluster, for whoever reads a certificate. */
  readonly cluster: string;
}

/** A certificate with the key that belongs to it, in PEM. */
export interface IssuedCertificate {
  readonly certificate: pulumi.Output<string>;
  /** A secret. */
  readonly key: pulumi.Output<string>;
}

/** The cluster's own certificate authority: what it did not sign is no part of the cluster. */
export class Authority extends pulumi.ComponentResource {
  /** Its certificate, in PEM: what others need to trust the cluster. */
  readonly certificate: pulumi.Output<string>;

  private readonly key: pulumi.Output<string>;

  constructor(name: string, args: AuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.authority, name, {}, opts);

    const key = new tls.PrivateKey(`${name}-key`, curve, { parent: this });
    const certificate = new tls.SelfSignedCert(
      `${name}-cert`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: `hashistack ${args.cluster}`, organization: "hashistack" },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
        validityPeriodHours: authorityHours,
      },
      { parent: this },
    );

    this.key = key.privateKeyPem;
    this.certificate = certificate.certPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /** Makes a key and signs a certificate for it: one for each agent. */
  issue(name: string, { commonName, dnsNames, ipAddresses }: CertificateNames): IssuedCertificate {
    const opts = { parent: this };
    const key = new tls.PrivateKey(`${name}-key`, curve, opts);
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName, organization: "hashistack" },
        dnsNames: [...dnsNames],
        ipAddresses: [...ipAddresses],
      },
      opts,
    );
    const certificate = new tls.LocallySignedCert(
      `${name}-cert`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.key,
        caCertPem: this.certificate,
        // Agents are both ends of their connections.
        allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
        validityPeriodHours: leafHours,
        earlyRenewalHours: renewalHours,
      },
      opts,
    );
    return { certificate: certificate.certPem, key: key.privateKeyPem };
  }
}
