/** The values a handler sees: plain JavaScript, plus the few things that only Pulumi has. */

/** Stands for a value that the engine does not know yet. Handlers meet it in `check`, `diff` and `plan` only. */
export class Unknown {
  static readonly value = new Unknown();
  private constructor() {}
  toString(): string {
    return "(not known yet)";
  }
}
export const UNKNOWN = Unknown.value;

/** A value the state keeps encrypted. The kit unwraps it before a handler is called and wraps the outputs again. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** One file's content: given as text, or by a path on this machine, or by a URI. */
export class Asset {
  constructor(
    readonly source: { readonly text: string } | { readonly path: string } | { readonly uri: string },
    /** SHA-256 of the content in hexadecimal, as the engine computed it. */
    readonly hash?: string,
  ) {}
}

/** Several files: an archive or a folder on this machine, a URI, or named assets. */
export class Archive {
  constructor(
    readonly source:
      | { readonly assets: Readonly<Record<string, Asset | Archive>> }
      | { readonly path: string }
      | { readonly uri: string },
    readonly hash?: string,
  ) {}
}

export type Value =
  | null
  | boolean
  | number
  | string
  | Unknown
  | Secret
  | Asset
  | Archive
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export type Values = { readonly [key: string]: Value | undefined };

/** True for an object that is a map of properties (not a list, asset, archive, secret or unknown). */
export function isMap(value: Value | undefined): value is Values {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !(value instanceof Asset) &&
    !(value instanceof Archive)
  );
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
