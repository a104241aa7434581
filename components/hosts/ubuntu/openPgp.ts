/**
 * The bytes of an armoured OpenPGP public key, in base64: what `gpgv` and `apt` read, with no `gpg` on the machine.
 * @throws Error where the text is no armoured public key.
 */
export function dearmor(text: string): string {
  const block = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/.exec(text)?.[1];
  const lines = (block ?? "").split(/\r?\n/).map((line) => line.trim());
  // Headers such as `Version: …` end with an empty line; `=…` at the end is a check sum.
  const start = lines.some((line) => line.includes(": ")) ? lines.indexOf("") + 1 : 0;
  const body = lines.slice(start).filter((line) => line !== "" && !/^=[\w+/]{4}$/.test(line));
  const bytes = Buffer.from(body.join(""), "base64");
  // The first packet of a public key has tag 6, in the old or the new format.
  const tag = bytes[0] === undefined ? undefined : bytes[0] & 0x40 ? bytes[0] & 0x3f : (bytes[0] >> 2) & 0x0f;
  if (tag !== 6) {
    throw new Error(
      'the signing key is no armoured OpenPGP public key: expected a text that begins with "-----BEGIN PGP PUBLIC KEY BLOCK-----", as `gpg --armor --export` prints it',
    );
  }
  return bytes.toString("base64");
}
