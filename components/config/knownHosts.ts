import { createHmac } from "node:crypto";

/** Types of keys, those first that are to be preferred where a machine has several. */
const preference = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/**
 * Key that a `known_hosts` text holds for a machine, as `type base64`; undefined where it holds none.
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export function knownKey(text: string, address: string, port: number): string | undefined {
  const name = port === 22 ? address : `[${address}]:${port}`;
  const keys = text.split("\n").flatMap((line) => {
    const [hosts = "", type = "", key = ""] = line.trim().split(/\s+/);
    // Lines with a marker speak of authorities and of revoked keys; comments begin with #.
    return !/^[@#]/.test(hosts) && preference.includes(type) && names(hosts, name) ? [{ type, key }] : [];
  });
  const [best] = keys.sort((a, b) => preference.indexOf(a.type) - preference.indexOf(b.type));
  return best && `${best.type} ${best.key}`;
}

function names(hosts: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? [];
  if (salt !== undefined) {
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  return hosts.split(",").includes(name);
}
