/** What stands where a secret was. */
export const redacted = "[secret]";

/** How the engine's previews write a value that only an update will tell. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownShown = "(known after the update)";

/** Marks of a secret in serialised states: an object with the first key, and its value or its cipher in others. */
const secretMark = "4dabf18193072939515e22adb298388d";
const secretSign = "1b47061264138c4ac30d75fd1eb44270";

/** Shorter texts are no secrets, and are found in everything. */
const shortest = 4;

/** Takes secrets out of texts: those that it is told, in every form they are likely to be written in, and what looks like one. */
export class Redactor {
  /** What it was told, longest first: a secret within another one must not spoil it. */
  private readonly known: readonly string[];
  private readonly done = new Map<string, string>();

  constructor(secrets: Iterable<string>) {
    const forms = new Set([...new Set(secrets)].flatMap(formsOf));
    this.known = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  }

  text(text: string): string {
    let result = this.done.get(text);
    if (result === undefined) {
      result = withoutPatterns(this.told(text)).replaceAll(unknownValue, unknownShown);
      this.done.set(text, result);
    }
    return result;
  }

  /** Takes out only what it was told: for names such as types, in which a word like "password" is nobody's secret. */
  told(text: string): string {
    // Most texts hold none of them, and one expression of all takes longer to compile than a report to write.
    const found = this.known.filter((secret) => text.includes(secret));
    return found.length === 0 ? text : text.replace(new RegExp(found.map(literally).join("|"), "g"), redacted);
  }

  /** A value of any depth with every text in it redacted, keys too. */
  value(value: unknown): unknown {
    if (typeof value === "string") {
      return this.text(value);
    }
    if (Array.isArray(value)) {
      return value.map((item) => this.value(item));
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    if (isSecret(value)) {
      return redacted;
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.named(key, item)]));
  }

  /** A value under a name that says it is a secret. */
  private named(key: string, item: unknown): unknown {
    return typeof item === "string" && secretName.test(key) && !isHarmless(item) ? redacted : this.value(item);
  }
}

function isSecret(value: object): boolean {
  return (value as Record<string, unknown>)[secretMark] === secretSign;
}

/** Plain texts of the secrets that stand in a value, where whoever made it did not hide them. */
export function plainSecretsIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(plainSecretsIn);
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  if (!isSecret(value)) {
    return Object.values(value).flatMap(plainSecretsIn);
  }
  const { plaintext, value: old } = value as { plaintext?: unknown; value?: unknown };
  return [plaintext, old].flatMap((text) => (typeof text === "string" ? leavesOf(text) : textsIn(text)));
}

/**
 * Plain texts of what is marked as secret elsewhere: at the same place in another of a resource's states, as where a value
 * becomes a secret, or in its outputs and not in its inputs.
 */
export function pairedSecrets(values: readonly unknown[]): string[] {
  const [marked, plain] = [values.some((value) => value === redacted), values.filter((value) => value !== redacted)];
  if (marked) {
    return plain.flatMap(textsOf).filter((text) => text !== redacted && text !== unknownValue && !isHarmless(text));
  }
  const objects = plain.filter((value) => typeof value === "object" && value !== null) as Record<string, unknown>[];
  if (objects.length < 2) {
    return [];
  }
  const keys = new Set(objects.flatMap((object) => Object.keys(object)));
  return [...keys].flatMap((key) => pairedSecrets(objects.map((object) => object[key])));
}

/** Texts of a value; of a container's files, all of which are marked where one is secret, only those of secret ones. */
function textsOf(value: unknown): string[] {
  return Array.isArray(value) && value.every(isFile)
    ? value.flatMap(({ content, permissions }) => (permissions === undefined ? [] : textsIn(content)))
    : textsIn(value);
}

function isFile(value: unknown): value is { content: unknown; permissions?: unknown } {
  return typeof value === "object" && value !== null && "file" in value && "content" in value;
}

/** The engine keeps a secret as JSON: each text in it is one. */
function leavesOf(text: string): string[] {
  try {
    return [text, ...textsIn(JSON.parse(text))];
  } catch {
    return [text];
  }
}

/** Every text in a value, keys left out. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A secret as it may stand in a file, a URL or a variable. */
function formsOf(secret: string): string[] {
  const trimmed = secret.trim();
  const bytes = Buffer.from(trimmed);
  const lines = trimmed.includes("\n") ? trimmed.split("\n").filter((line) => line.length >= 16) : [];
  const forms = [
    secret,
    trimmed,
    JSON.stringify(trimmed).slice(1, -1),
    JSON.stringify(JSON.stringify(trimmed)).slice(3, -3),
    encodeURIComponent(wellFormed(trimmed)),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => insideBase64(bytes, offset)),
    ...lines,
  ];
  return forms.filter((form) => form.length >= shortest);
}

/** Half a surrogate pair is no text that a URL could hold. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** What the bytes look like within base64, by how many bytes stand before them; characters shared with others left out. */
function insideBase64(bytes: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = padded.length - (padded.length % 3);
  const text = padded
    .subarray(0, whole)
    .toString("base64")
    .slice(offset === 0 ? 0 : 4);
  // What is left is too little to tell it from chance.
  return text.length < 8 ? [] : [text, text.replaceAll("+", "-").replaceAll("/", "_")];
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Names of what nobody may see. */
const secretName =
  /(pass(word|wd|phrase)|secret(?!_?files?\b)|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|gossip|^encrypt$|bearer|authorization)/i;

/** Whether a text is worth looking through for such names at all. */
const mayBeNamed = /pass|secret|token|key|credential|gossip|encrypt|bearer|authorization/i;

/** What stands under such a name and shows nothing: switches, numbers, paths, references. */
function isHarmless(value: string): boolean {
  return /^(|true|false|null|\d+[a-z]{0,2}|\[secret\]|\/[\w./-]*|(var|local|env|node|attr|meta)\.[\w.]+|\$\{[^}]*\})$/.test(
    value.trim(),
  );
}

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** Secrets that can be told by their looks. */
const looks: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|hv[sbr]\.|pul-|AKIA|ASIA)[A-Za-z0-9_.-]{12,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)?/g,
  // 32 bytes in base64: a gossip key.
  /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])/g,
  // 16 or 32 bytes in hexadecimal, but no digest of an image.
  /(?<![0-9a-f]|sha256:)(?:[0-9a-f]{32}|[0-9a-f]{64})(?![0-9a-f])/g,
];

/** `name = value`, `"name": "value"`, `name: value`. */
const assignment = /((?:"([\w.-]+)"|\b([\w.-]+))\s*[:=]\s*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"',;{}[\]]+)/g;

/** An HCL variable, whose name and value stand apart. */
const hclDefault = /(\bvariable\s+"([^"\n]*)"\s*\{[^}]*?\bdefault\s*=\s*)"(?:[^"\\\n]|\\.)*"/g;

function withoutPatterns(text: string): string {
  let result = text;
  for (const look of looks) {
    result = result.replace(look, redacted);
  }
  result = result
    .replace(uuid, (found) => (found === unknownValue ? found : redacted))
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+@/gi, `$1${redacted}@`);
  if (!mayBeNamed.test(result)) {
    return result;
  }
  return result
    .replace(hclDefault, (whole, head: string, name: string) =>
      secretName.test(name) ? `${head}"${redacted}"` : whole,
    )
    .replace(assignment, (whole, head: string, quoted?: string, bare?: string, value = "") => {
      const [, quote = "", inner = value] = /^(["'])(.*)\1$/s.exec(value) ?? [];
      return secretName.test(quoted ?? bare ?? "") && !isHarmless(inner) ? `${head}${quote}${redacted}${quote}` : whole;
    });
}
