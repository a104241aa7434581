import { createHmac } from "node:crypto";

/** Types of keys, those first that are to be preferred where a machine has several. */
const preference = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

interface KnownKey {
  readonly type: string;
  /** In base64. */
  readonly key: string;
}

/** Key of a machine, as `type base64`; undefined where none is known. */
export type KnownKeys = (address: string, port: number) => string | undefined;

/**
 * Reads a `known_hosts` text once, for any number of machines. Names are looked up as they stand: patterns with `*` or `?`
 * name no machine in particular.
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export function parseKnownHosts(text: string): KnownKeys {
  const plain = new Map<string, KnownKey[]>();
  const hashed: (KnownKey & { salt: Buffer; hash: string })[] = [];
  const revoked = new Set<string>();

  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
    const [hosts = "", type = "", key] = words;
    if (key === undefined || hosts.startsWith("#")) {
      continue;
    }
    if (marker === "@revoked") {
      revoked.add(key);
    } else if (marker === undefined && preference.includes(type)) {
      const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? [];
      if (salt !== undefined && hash !== undefined) {
        hashed.push({ type, key, salt: Buffer.from(salt, "base64"), hash });
        continue;
      }
      for (const name of hosts.toLowerCase().split(",")) {
        plain.set(name, [...(plain.get(name) ?? []), { type, key }]);
      }
    }
  }

  return (address, port) => {
    const lower = address.toLowerCase();
    const name = port === 22 ? lower : `[${lower}]:${port}`;
    const [best] = [...(plain.get(name) ?? []), ...hashed.filter(({ salt, hash }) => hashOf(name, salt) === hash)]
      .filter(({ key }) => !revoked.has(key))
      .sort((a, b) => preference.indexOf(a.type) - preference.indexOf(b.type));
    return best && `${best.type} ${best.key}`;
  };
}

function hashOf(name: string, salt: Buffer): string {
  return createHmac("sha1", salt).update(name).digest("base64");
}
