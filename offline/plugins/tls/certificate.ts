import { randomBytes } from "node:crypto";
import { type DiffResult, property, Unknown, type Values, type ValuesOf } from "../kit/definition";
import { keyIdentifier, type signingKey, webCrypto } from "./signing";
import { asPem } from "./text";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type Name,
  type PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "./x509";

const { boolean, integer, list, string } = property;

const keyUsages: Readonly<Record<string, KeyUsageFlags>> = {
  digital_signature: KeyUsageFlags.digitalSignature,
  content_commitment: KeyUsageFlags.nonRepudiation,
  key_encipherment: KeyUsageFlags.keyEncipherment,
  data_encipherment: KeyUsageFlags.dataEncipherment,
  key_agreement: KeyUsageFlags.keyAgreement,
  cert_signing: KeyUsageFlags.keyCertSign,
  crl_signing: KeyUsageFlags.cRLSign,
  encipher_only: KeyUsageFlags.encipherOnly,
  decipher_only: KeyUsageFlags.decipherOnly,
};

const purposes = "1.3.6.1.5.5.7.3";
const extendedUsages: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: `${purposes}.1`,
  client_auth: `${purposes}.2`,
  code_signing: `${purposes}.3`,
  email_protection: `${purposes}.4`,
  ipsec_end_system: `${purposes}.5`,
  ipsec_tunnel: `${purposes}.6`,
  ipsec_user: `${purposes}.7`,
  timestamping: `${purposes}.8`,
  ocsp_signing: `${purposes}.9`,
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

/** Inputs that both kinds of certificates have. */
export const certificateInputs = {
  allowedUses: list(string(), { required: true, replaces: true }),
  earlyRenewalHours: integer({ computed: true }),
  isCaCertificate: boolean({ computed: true, replaces: true }),
  maxPathLength: integer({ computed: true, replaces: true }),
  setSubjectKeyId: boolean({ computed: true, replaces: true }),
  validityPeriodHours: integer({ required: true, replaces: true }),
};
export type CertificateInputs = ValuesOf<typeof certificateInputs>;

/** Outputs that both have. */
export const certificateOutputs = {
  certPem: string(),
  readyForRenewal: boolean(),
  validityEndTime: string(),
  validityStartTime: string(),
};

/** Refuses uses that no certificate has, and times that are none. */
export function checkCertificate(news: Values): { inputs: Values; failures: { property: string; reason: string }[] } {
  const uses = Array.isArray(news.allowedUses) ? news.allowedUses : [];
  const known = [...Object.keys(keyUsages), ...Object.keys(extendedUsages)].sort();
  const failures = uses.flatMap((use, index) =>
    use instanceof Unknown || known.includes(String(use))
      ? []
      : [{ property: `allowedUses[${index}]`, reason: `"${use}" is none of: ${known.join(", ")}` }],
  );
  for (const property of ["validityPeriodHours", "earlyRenewalHours"]) {
    const value = news[property];
    if (typeof value === "number" && value < 0) {
      failures.push({ property, reason: `value must be at least 0, got: ${value}` });
    }
  }
  return { inputs: news, failures };
}

/** Who signs: the authority, or the holder. */
export interface Signer {
  readonly name: Name | string;
  readonly key: Awaited<ReturnType<typeof signingKey>>;
  /** Identifier of its own key; absent where its certificate names none. */
  readonly identifier?: string;
}

/** What is certified. */
export interface Holder {
  readonly name: Name | string;
  readonly key: PublicKey;
  readonly alternativeNames: readonly Extension[];
}

/** Signs a certificate. */
export async function issue(given: CertificateInputs, holder: Holder, signer: Signer) {
  const { isCaCertificate = false, maxPathLength = -1, setSubjectKeyId = false, earlyRenewalHours = 0 } = given;
  const start = new Date();
  const end = new Date(start.getTime() + given.validityPeriodHours * 3_600_000);
  const serial = randomBytes(16);
  // A serial number is not negative, and has no zeros in front.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  const identifier = isCaCertificate || setSubjectKeyId ? await keyIdentifier(holder.key) : undefined;
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial.toString("hex"),
      subject: typeof holder.name === "string" ? holder.name : holder.name.toJSON(),
      issuer: typeof signer.name === "string" ? signer.name : signer.name.toJSON(),
      notBefore: start,
      notAfter: end,
      publicKey: holder.key,
      signingKey: signer.key.key,
      signingAlgorithm: signer.key.algorithm,
      extensions: [
        ...usagesOf(given.allowedUses),
        new BasicConstraintsExtension(
          isCaCertificate,
          isCaCertificate && maxPathLength >= 0 ? maxPathLength : undefined,
          true,
        ),
        ...(identifier ? [new SubjectKeyIdentifierExtension(identifier)] : []),
        ...(signer.identifier ? [new AuthorityKeyIdentifierExtension(signer.identifier)] : []),
        ...holder.alternativeNames,
      ],
    },
    webCrypto,
  );
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    outputs: {
      certPem: asPem("CERTIFICATE", Buffer.from(certificate.rawData)),
      earlyRenewalHours,
      isCaCertificate,
      maxPathLength,
      setSubjectKeyId,
      readyForRenewal: false,
      validityStartTime: start.toISOString(),
      validityEndTime: end.toISOString(),
    },
  };
}

function usagesOf(uses: readonly string[]): Extension[] {
  const flags = uses.reduce((sum, use) => sum | (keyUsages[use] ?? 0), 0);
  const extended = uses.flatMap((use) => extendedUsages[use] ?? []);
  return [
    ...(flags > 0 ? [new KeyUsagesExtension(flags, true)] : []),
    ...(extended.length > 0 ? [new ExtendedKeyUsageExtension(extended)] : []),
  ];
}

/** Whether a certificate has come so near to its end that a new one is due. */
export function isDue(state: Values, hours: unknown, now = Date.now()): boolean {
  const end = Date.parse(String(state.validityEndTime));
  return !Number.isNaN(end) && end - Number(hours ?? 0) * 3_600_000 <= now;
}

/** A certificate that is due is replaced. */
export function withRenewal(state: Values, news: Values, compared: DiffResult): DiffResult {
  return isDue(state, news.earlyRenewalHours)
    ? { ...compared, changes: [...compared.changes, { path: "readyForRenewal", kind: "update", replaces: true }] }
    : compared;
}

/** What a refresh finds: nothing but that time has passed. */
export function whatTimeDid(state: Values): Values {
  return isDue(state, state.earlyRenewalHours) ? { ...state, readyForRenewal: true } : state;
}
