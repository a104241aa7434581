import { createHmac } from "node:crypto";
import fc from "fast-check";
import { parseKnownHosts } from "../../../components/config/knownHosts";

const keyOf = (text: string, address = "10.0.0.1", port = 22) => parseKnownHosts(text)(address, port);

/** A name as `ssh-keygen -H` writes it. */
function hashed(name: string, salt = Buffer.from("0123456789abcdefghij")): string {
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

const three = "10.0.0.1 ssh-rsa RSA\n10.0.0.1 ssh-ed25519 ED\n10.0.0.1 ecdsa-sha2-nistp256 EC\n";

const cases: readonly (readonly [what: string, text: string, key: string | undefined, port?: number])[] = [
  ["nothing", "", undefined],
  ["another machine", "10.0.0.2 ssh-ed25519 AAAA", undefined],
  ["a machine whose address begins alike", "10.0.0.11 ssh-ed25519 AAAA", undefined],
  ["the machine", "10.0.0.1 ssh-ed25519 AAAA", "ssh-ed25519 AAAA"],
  ["the machine, with a comment", "10.0.0.1 ssh-ed25519 AAAA root@machine here", "ssh-ed25519 AAAA"],
  ["tabs, blanks and the line ends of Windows", "\t10.0.0.1\t ssh-ed25519   AAAA \r\n", "ssh-ed25519 AAAA"],
  ["the machine among its other names", "web,10.0.0.1,web.example ssh-ed25519 AAAA", "ssh-ed25519 AAAA"],
  ["a comment", "# 10.0.0.1 ssh-ed25519 AAAA\n#10.0.0.1 ssh-ed25519 AAAA", undefined],
  ["a line without a key", "10.0.0.1 ssh-ed25519", undefined],
  ["a type that is not known", "10.0.0.1 ssh-dss AAAA", undefined],
  ["the most preferred of several types, wherever it stands", three, "ssh-ed25519 ED"],
  ["the first of two keys of one type", "10.0.0.1 ssh-rsa A\n10.0.0.1 ssh-rsa B", "ssh-rsa A"],
  ["another port", "[10.0.0.1]:2222 ssh-ed25519 AAAA", undefined],
  ["that port", "10.0.0.1 ssh-ed25519 A\n[10.0.0.1]:2222 ssh-ed25519 B", "ssh-ed25519 B", 2222],
  ["the usual port, where another one is asked for", "10.0.0.1 ssh-ed25519 AAAA", undefined, 2222],
  ["a hashed name", `${hashed("10.0.0.1")} ssh-ed25519 AAAA`, "ssh-ed25519 AAAA"],
  ["a hashed name with a port", `${hashed("[10.0.0.1]:2222")} ssh-ed25519 AAAA`, "ssh-ed25519 AAAA", 2222],
  ["another hashed name", `${hashed("10.0.0.2")} ssh-ed25519 AAAA`, undefined],
  ["a hash that is none", "|1|AAAA ssh-ed25519 AAAA", undefined],
  ["hashed and plain", `${hashed("10.0.0.1")} ssh-rsa A\n10.0.0.1 ssh-ed25519 B`, "ssh-ed25519 B"],
  ["an authority", "@cert-authority 10.0.0.1 ssh-ed25519 AAAA", undefined],
  ["a revoked key", "@revoked 10.0.0.1 ssh-ed25519 AAAA", undefined],
  ["a key that is revoked further down", "10.0.0.1 ssh-ed25519 BAD\n@revoked * ssh-ed25519 BAD", undefined],
  ["a good key beside a revoked one", `${three}@revoked * ssh-ed25519 ED`, "ecdsa-sha2-nistp256 EC"],
  ["a pattern", "10.0.0.* ssh-ed25519 AAAA\n* ssh-ed25519 BBBB", undefined],
];

test.each(cases.map(([what, text, key, port = 22]) => ({ what, text, key, port })))(
  "known_hosts with $what",
  ({ text, key, port }) => {
    expect(keyOf(text, "10.0.0.1", port)).toBe(key);
  },
);

test("names are the same in capitals", () => {
  expect(keyOf("Web.Example ssh-ed25519 AAAA", "web.exAMPLE")).toBe("ssh-ed25519 AAAA");
  expect(keyOf(`${hashed("web.example")} ssh-ed25519 AAAA`, "Web.Example")).toBe("ssh-ed25519 AAAA");
});

test("every machine of a file, plain or hashed, has its own key, and no other machine has one", () => {
  const machine = fc.record({ last: fc.nat(250), port: fc.constantFrom(22, 2222), hash: fc.boolean() });
  fc.assert(
    fc.property(fc.uniqueArray(machine, { selector: ({ last, port }) => `${last}:${port}`, maxLength: 20 }), (list) => {
      const lines = list.map(({ last, port, hash }) => {
        const name = port === 22 ? `10.0.0.${last}` : `[10.0.0.${last}]:${port}`;
        return `${hash ? hashed(name) : name} ssh-ed25519 K${last}P${port}`;
      });
      const known = parseKnownHosts(lines.join("\n"));
      for (const { last, port } of list) {
        expect(known(`10.0.0.${last}`, port)).toBe(`ssh-ed25519 K${last}P${port}`);
        expect(known(`10.0.1.${last}`, port)).toBeUndefined();
      }
    }),
  );
});

test("any text is read without a crash", () => {
  const word = fc.constantFrom("@revoked", "|1|", "|1|a|b", "#", "10.0.0.1", "ssh-ed25519", "A", ",", " ", "\n", "\t");
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
      expect(keyOf(words.join(" ")) ?? "ssh-x y").toMatch(/^\S+ \S+$/);
    }),
  );
});
