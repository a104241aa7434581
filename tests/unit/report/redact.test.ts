import fc from "fast-check";
import { PreviewError } from "../../../tasks/report/error";
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

/** Puts a text into some places of a preview: values, files, jobs, reasons, diagnostics, policies' words, the configuration. */
function planted(preview: Preview, text: string, picks: readonly number[]): Preview {
  const copy = structuredClone(preview);
  const places = placesIn(copy);
  for (const pick of picks) {
    places[pick % places.length]?.(text);
  }
  return copy;
}

/** Parts of a preview in which texts are shown, or might be. */
const showing = ["inputs", "outputs", "diagnostics", "config", "diffReasons", "replaceReasons", "policies"];
const structure = ["severity", "urn", "level"];

function placesIn(node: unknown, inside = false): ((text: string) => void)[] {
  if (typeof node !== "object" || node === null) {
    return [];
  }
  const owner = node as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => {
    const shows = inside || showing.includes(key);
    const value = owner[key];
    if (key === "detailedDiff" && typeof value === "object" && value !== null) {
      return [(text: string) => Object.assign(value, { [`inputs.${text}`]: { kind: "update" } })];
    }
    return [
      ...(shows && typeof value === "string" && !structure.includes(key)
        ? [
            (text: string) => {
              owner[key] = `${value}\n${text}`;
            },
          ]
        : []),
      ...placesIn(value, shows),
    ];
  });
}

/** The report in every format, or why there is none. */
async function shownOf(preview: Preview, told: readonly string[]): Promise<string[]> {
  try {
    const report = await planReport(preview, { stack: "prod", secrets: told });
    return formats.map((format) => render(report, format, { whole: "elsewhere" }));
  } catch (error) {
    expect(error).toBeInstanceOf(PreviewError);
    return [(error as Error).message];
  }
}

async function expectHidden(secret: string, preview: Preview, told: readonly string[]): Promise<void> {
  for (const text of await shownOf(preview, told)) {
    for (const form of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("hex"),
      Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1),
    ]) {
      expect(text).not.toContain(form);
    }
  }
}

const some = [
  "agent-config",
  "job-only",
  "drift",
  "client-removed",
  "scale-3-to-2",
  "servers-exchanged",
  "policies-broken",
];
const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });

test.each(some)("a secret that is planted anywhere in %s is not shown, in any form", async (name) => {
  const preview = savedPreview(name);
  await fc.assert(
    fc.asyncProperty(secrets, picks, fc.constantFrom(...disguises), (secret, where, disguise) =>
      expectHidden(secret, planted(preview, disguise(secret), where), [secret]),
    ),
    { numRuns: 20 },
  );
});

/** Ways in which the preview alone says that a text is secret, in one place of one resource. */
const marks: readonly ((secret: string) => readonly [inputs: unknown, outputs: unknown])[] = [
  (secret) => [marked({ plaintext: JSON.stringify(secret) }), undefined],
  (secret) => [{ list: [marked({ plaintext: JSON.stringify({ deep: [secret] }) })] }, undefined],
  (secret) => [undefined, marked({ value: secret })],
  (secret) => ["[secret]", secret],
  (secret) => [{ list: ["plain", secret] }, { list: ["plain", "[secret]"] }],
  (secret) => [{ user: "somebody", key: secret }, "[secret]"],
];

function marked(more: object): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ...more };
}

/** A mark in a state of a resource: what is secret there stands in plain text nowhere that is shown. */
function marking(preview: Preview, pick: number, [inputs, outputs]: readonly [unknown, unknown]): Preview {
  const copy = structuredClone(preview);
  const states = copy.steps.flatMap(({ oldState, newState }) => [oldState ?? [], newState ?? []].flat());
  const state = states[pick % states.length];
  Object.assign(state?.inputs ?? {}, inputs === undefined ? {} : { settings: inputs });
  Object.assign(state?.outputs ?? {}, outputs === undefined ? {} : { settings: outputs });
  return copy;
}

test.each(some)("a secret that only one place of %s tells is not shown, wherever else it stands", async (name) => {
  const preview = savedPreview(name);
  await fc.assert(
    fc.asyncProperty(
      secrets,
      picks,
      fc.nat(),
      fc.constantFrom(...disguises),
      fc.constantFrom(...marks),
      (secret, where, pick, disguise, mark) =>
        expectHidden(secret, marking(planted(preview, disguise(secret), where), pick, mark(secret)), []),
    ),
    { numRuns: 25 },
  );
});

test("a value that becomes a secret is not shown as it was, and what is harmless stays", async () => {
  const preview = savedPreview("job-only");
  const step = preview.steps.find(({ urn }) => urn.endsWith("::nginx"));
  Object.assign(step?.oldState?.inputs ?? {}, { extra: { pin: "swordfish-9", on: "true" } });
  Object.assign(step?.newState?.inputs ?? {}, { extra: "[secret]" });
  const message = "warning: swordfish-9 is true";
  const diagnostics = [{ severity: "warning", message }];
  expect((await planReport({ ...preview, diagnostics }, { stack: "prod" })).warnings).toEqual(["[secret] is true"]);
});

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
