/** Bytes in PEM, with the newline at the end that the official plugin writes. */
export function asPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Inputs that the state never shows: refused, with the input to use instead. */
export function writeOnly(name: string): Record<string, string> {
  const reason = `the stand-in for the tls plugin does not support it; use ${name}, which the state keeps encrypted`;
  return { [`${name}Wo`]: reason, [`${name}WoVersion`]: reason };
}
