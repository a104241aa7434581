import fc from "fast-check";
import { planReport } from "../../../tasks/report/model";
import { formats } from "../../../tasks/report/options";
import type { Preview } from "../../../tasks/report/preview";
import { Redactor } from "../../../tasks/report/redact";
import { render } from "../../../tasks/report/render";
import { savedPreview } from "../../previews/saved";

const none = new Redactor([]);

test.each([
  ['  "encrypt": "abc def",', '  "encrypt": "[secret]",'],
  ['  "encrypt_verify_incoming": true,', '  "encrypt_verify_incoming": true,'],
  ['DB_PASSWORD = "hunter"', 'DB_PASSWORD = "[secret]"'],
  ["registry.consul.token = x-y", "registry.consul.token = [secret]"],
  ['"key_file": "/etc/consul.d/tls/key.pem"', '"key_file": "/etc/consul.d/tls/key.pem"'],
  ["password = var.password", "password = var.password"],
  ["postgres://app:pa55@db:5432", "postgres://app:[secret]@db:5432"],
  ["-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\nrest", "[secret]\nrest"],
  ["id 0f8fad5b-d9cb-469f-a165-70867728950e", "id [secret]"],
  [`redis@sha256:${"ab".repeat(32)}`, `redis@sha256:${"ab".repeat(32)}`],
  [`k ${"ab".repeat(32)}`, "k [secret]"],
  ['variable "api_token" {\n  default = "x1"\n}', 'variable "api_token" {\n  default = "[secret]"\n}'],
  ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "(known after the update)"],
])("%j", (given, shown) => {
  expect(none.text(given)).toBe(shown);
});

test("values keep their shape, marked secrets and those under such a name go", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
  expect(none.value({ a: [1, secret, true], env: { token: "t0ken", tokens: 3 } })).toEqual({
    a: [1, "[secret]", true],
    env: { token: "[secret]", tokens: 3 },
  });
});

/** Nothing that a report says of itself may be taken for the secret. */
const secrets = fc.stringMatching(/^[A-Za-z0-9+/@ "\n-]{10,40}$/).map((text) => `Zq9${text.trim()}xW7`);

const disguises: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `some words ${text} and more`,
  (text) => JSON.stringify({ inner: text }),
  (text) => Buffer.from(text).toString("base64"),
  (text) => Buffer.from(text).toString("hex"),
  (text) => `https://example.com/?q=${encodeURIComponent(text)}`,
  (text) => `Authorization: Basic ${Buffer.from(`user:${text}`).toString("base64")}`,
];

/** Puts a text somewhere into a preview: a value, a file, a job, a diagnostic, a name, a configuration. */
function planted(preview: Preview, text: string, pick: number): Preview {
  const copy = structuredClone(preview);
  const places = placesIn(copy);
  const [owner, key] = places[pick % places.length] ?? [copy.config, "x"];
  owner[key] = `${String(owner[key])}\n${text}`;
  return copy;
}

function placesIn(node: unknown, inside = false): [Record<string, unknown>, string][] {
  if (typeof node !== "object" || node === null) {
    return [];
  }
  const owner = node as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => {
    const shows = inside || ["inputs", "outputs", "diagnostics", "config"].includes(key);
    const here = shows && typeof owner[key] === "string" && key !== "severity" && key !== "urn";
    return [...(here ? [[owner, key] as [Record<string, unknown>, string]] : []), ...placesIn(owner[key], shows)];
  });
}

test.each(["agent-config", "job-only", "drift", "client-removed", "scale-3-to-2"])(
  "a secret that is planted anywhere in %s is not shown, in any form",
  async (name) => {
    const preview = savedPreview(name);
    await fc.assert(
      fc.asyncProperty(secrets, fc.nat(), fc.constantFrom(...disguises), async (secret, pick, disguise) => {
        const hidden = disguise(secret);
        const report = await planReport(planted(preview, hidden, pick), { stack: "prod", secrets: [secret] });
        for (const format of formats) {
          const text = render(report, format, { whole: "elsewhere" });
          expect(text).not.toContain(secret);
          expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
          expect(text).not.toContain(Buffer.from(secret).toString("hex"));
          expect(text).not.toContain(Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1));
        }
      }),
      { numRuns: 25 },
    );
  },
);

test("a secret that the preview itself shows in plain text is known from there", async () => {
  const preview = savedPreview("job-only");
  const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"swordfish-9"' };
  const [step] = preview.steps.filter(({ urn }) => urn.endsWith("::nginx"));
  const inputs = step?.newState?.inputs as Record<string, unknown>;
  Object.assign(inputs, { extra: mark, jobspec: `${inputs.jobspec}\n# swordfish-9\n` });
  const text = render(await planReport(preview, { stack: "prod" }), "markdown", { whole: "elsewhere" });
  expect(text).toContain("# [secret]");
  expect(text).not.toContain("swordfish");
});
