import { randomBytes } from "node:crypto";
import { type DiffResult, type Failure, property, Unknown, type Values, type ValuesOf } from "../kit/definition";
import { keyIdentifier, type signingKey, webCrypto } from "./signing";
import { asPem } from "./text";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
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
  earlyRenewalHours: integer({ default: 0 }),
  isCaCertificate: boolean({ default: false, replaces: true }),
  // The official plugin does not replace for it: a change is remembered, and holds for the next certificate.
  maxPathLength: integer({ default: -1 }),
  setSubjectKeyId: boolean({ default: false, replaces: true }),
  validityPeriodHours: integer({ required: true, replaces: true }),
};
export type CertificateInputs = ValuesOf<typeof certificateInputs>;

/** Outputs that both have. */
export const certificateOutputs = {
  certPem: string(),
  id: string(),
  readyForRenewal: boolean({ default: false }),
  validityEndTime: string(),
  validityStartTime: string(),
};

/** Refuses uses that no certificate has, and times that are none. */
export function checkCertificate(news: Values): Failure[] {
  const uses = Array.isArray(news.allowedUses) ? news.allowedUses : [];
  const known = [...Object.keys(keyUsages), ...Object.keys(extendedUsages)].sort();
  const failures: Failure[] = uses.flatMap((use, index) =>
    use instanceof Unknown || known.includes(String(use))
      ? []
      : [{ property: `allowedUses[${index}]`, reason: `"${use}" is none of: ${known.join(", ")}` }],
  );
  for (const [property, least] of Object.entries({ validityPeriodHours: 0, earlyRenewalHours: 0, maxPathLength: -1 })) {
    const value = news[property];
    if (typeof value === "number" && value < least) {
      failures.push({ property, reason: `${property} must be at least ${least}, got: ${value}` });
    }
  }
  return failures;
}

/** Who signs: the authority, or the holder. */
export interface Signer {
  readonly name: Name;
  readonly key: Awaited<ReturnType<typeof signingKey>>;
  /** Identifier of its own key; absent where its certificate names none. */
  readonly identifier?: string;
}

/** What is certified. */
export interface Holder {
  readonly name: Name;
  readonly key: PublicKey;
  readonly alternativeNames: readonly Extension[];
}

/** Signs a certificate. */
export async function issue(given: CertificateInputs, holder: Holder, signer: Signer) {
  const { isCaCertificate, maxPathLength, setSubjectKeyId } = given;
  const anonymous = holder.name.toJSON().length === 0;
  if (isCaCertificate && anonymous) {
    throw new Error("the certificate of an authority must say whose it is: give it a subject, e.g. a commonName");
  }
  const start = new Date();
  const end = new Date(start.getTime() + given.validityPeriodHours * 3_600_000);
  const serial = randomBytes(16);
  // A serial number is not negative, and has no zeros in front.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  const identifier = isCaCertificate || setSubjectKeyId ? await keyIdentifier(holder.key) : undefined;
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial.toString("hex"),
      subject: holder.name.toJSON(),
      issuer: signer.name.toJSON(),
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
        // The only name that there is must not be overlooked (RFC 5280, 4.2.1.6).
        ...holder.alternativeNames.map((names) => (anonymous ? critical(names) : names)),
      ],
    },
    webCrypto,
  );
  const id = BigInt(`0x${serial.toString("hex")}`).toString();
  return {
    id,
    outputs: {
      id,
      certPem: asPem("CERTIFICATE", Buffer.from(certificate.rawData)),
      readyForRenewal: false,
      validityStartTime: start.toISOString(),
      validityEndTime: end.toISOString(),
    },
  };
}

function critical({ type, value }: Extension): Extension {
  return new Extension(type, true, value);
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

/** A certificate that is due is replaced; one that was found due and no longer is, by a shorter notice, is not. */
export function withRenewal(state: Values, news: Values, compared: DiffResult): DiffResult {
  const due = isDue(state, news.earlyRenewalHours);
  if (!due && state.readyForRenewal !== true) return compared;
  return { ...compared, changes: [...compared.changes, { path: "readyForRenewal", kind: "update", replaces: due }] };
}

/** What does not replace a certificate changes nothing but the state. */
export async function updateInPlace(
  { state }: { readonly state: Values },
  { earlyRenewalHours, maxPathLength }: CertificateInputs,
): Promise<{ outputs: Values }> {
  return { outputs: { ...state, earlyRenewalHours, maxPathLength, readyForRenewal: false } };
}

/** What a refresh finds: nothing but that time has passed. */
export function whatTimeDid(state: Values): Values {
  return isDue(state, state.earlyRenewalHours) ? { ...state, readyForRenewal: true } : state;
}
