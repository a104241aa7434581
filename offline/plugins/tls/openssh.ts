import { createHash, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { curves } from "./keys";

/** OpenSSH's names of curves. It has none for P-224. */
const curveNames: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** A key in OpenSSH's own forms. */
export interface OpenSshKey {
  /** Line of an `authorized_keys` file. */
  readonly publicKey: string;
  readonly privateKey: string;
  /** `SHA256:` and base64. */
  readonly sha256: string;
  /** Pairs of digits with colons between them. */
  readonly md5: string;
}

/**
 * The forms in which OpenSSH keeps keys; undefined where it knows no such key.
 * @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
export function openSshKey(key: KeyObject): OpenSshKey | undefined {
  const parts = partsOf(key);
  if (parts === undefined) {
    return undefined;
  }
  const blob = join(...parts.publicParts);
  const name = parts.publicParts[0]?.toString() ?? "";
  return {
    publicKey: `${name} ${blob.toString("base64")}\n`,
    privateKey: privateText(blob, parts.privateParts),
    sha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    md5: (createHash("md5").update(blob).digest("hex").match(/../g) ?? []).join(":"),
  };
}

function partsOf(key: KeyObject): { publicParts: Buffer[]; privateParts: Buffer[] } | undefined {
  if (key.asymmetricKeyDetails?.namedCurve === curves.P224) {
    return undefined;
  }
  const jwk = key.export({ format: "jwk" });
  const bytes = (name: keyof typeof jwk) => Buffer.from(String(jwk[name]), "base64url");
  switch (key.asymmetricKeyType) {
    case "rsa": {
      const name = Buffer.from("ssh-rsa");
      const [n, e, d, p, q, qi] = (["n", "e", "d", "p", "q", "qi"] as const).map((part) => integer(bytes(part)));
      return {
        publicParts: [name, e, n] as Buffer[],
        privateParts: [name, n, e, d, qi, p, q] as Buffer[],
      };
    }
    case "ed25519": {
      const name = Buffer.from("ssh-ed25519");
      const point = bytes("x");
      return { publicParts: [name, point], privateParts: [name, point, Buffer.concat([bytes("d"), point])] };
    }
    case "ec": {
      const curve = curveNames[String(jwk.crv)];
      if (curve === undefined) {
        return undefined;
      }
      const point = createPublicKey(key).export({ format: "der", type: "spki" });
      const length = 2 * Math.ceil(Number(curve.slice(5)) / 8) + 1;
      const publicParts = [
        Buffer.from(`ecdsa-sha2-${curve}`),
        Buffer.from(curve),
        point.subarray(point.length - length),
      ];
      return { publicParts, privateParts: [...publicParts, integer(bytes("d"))] };
    }
    default:
      return undefined;
  }
}

function privateText(publicBlob: Buffer, privateParts: readonly Buffer[]): string {
  const check = randomBytes(4);
  const comment = Buffer.alloc(0);
  let section = Buffer.concat([check, check, join(...privateParts, comment)]);
  for (let pad = 1; section.length % 8 !== 0; pad++) {
    section = Buffer.concat([section, Buffer.from([pad])]);
  }
  const count = Buffer.from([0, 0, 0, 1]);
  const none = Buffer.from("none");
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    join(none, none, Buffer.alloc(0)),
    count,
    join(publicBlob, section),
  ]);
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** Each behind its length. */
function join(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

/** A number that is not negative: no zeros in front, but one where the first bit would make it so. */
function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return (trimmed[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
}
