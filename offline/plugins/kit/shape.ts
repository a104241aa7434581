import type { Archive, Asset, Value } from "./values";

/** What a property may hold. Anything that a shape does not name is refused by resource and property name. */
export type Shape =
  | { readonly kind: "string" | "boolean" | "integer" | "number" | "any" }
  /** `asset`: one file; `archive`: several; `file`: either of them. */
  | { readonly kind: "asset" | "archive" | "file" }
  | {
      readonly kind: "list";
      readonly of: Shape;
      /** Order and duplicates carry no meaning (a set in the provider's schema): a mere reordering is no change. */
      readonly set?: boolean;
    }
  | { readonly kind: "map"; readonly of: Shape }
  | { readonly kind: "object"; readonly properties: Properties };

export interface PropertyOptions {
  /** A missing value is refused in Check. Nested required properties are checked too. */
  readonly required?: boolean;
  /** The value is a secret wherever it is stored, even if the program gave it as plain text. */
  readonly secret?: boolean;
  /** A change replaces the resource. On a nested property: a change of that property does. */
  readonly replaces?: boolean;
  /**
   * Used where the program gives none, recorded in `__defaults` by bridged packages. Framework packages leave it out of
   * the inputs and have it in the state; there an output may have one too, which a preview then shows.
   * `env` names environment variables that come before `value`.
   */
  readonly default?: Value | { readonly env: readonly string[]; readonly value?: Value };
  /**
   * The provider picks a value where the program gives none (Terraform's Optional + Computed): then it is unknown in
   * the preview of a creation, and no change afterwards.
   */
  readonly computed?: boolean;
  /**
   * Give a missing name: `<resource name>-<7 hexadecimal digits>`, stable over updates (bridged packages).
   * A resource whose auto-nameable name was given by the program is deleted before it is replaced.
   */
  readonly autoName?: boolean | { readonly separator?: string; readonly maxLength?: number };
  /** Two values that mean the same: no change (for example two spellings of one duration or job file). */
  readonly same?: (before: Value, after: Value) => boolean;
}

export type Property = Shape & PropertyOptions;
export type Properties = { readonly [name: string]: Property };

type With<S, O> = S & O;
type None = Record<never, never>;

/** Builders for shapes: `property.list(property.string(), { replaces: true })`. */
export const property = {
  string: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "string", ...options }) as With<{ kind: "string" }, O>,
  boolean: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "boolean", ...options }) as With<{ kind: "boolean" }, O>,
  integer: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "integer", ...options }) as With<{ kind: "integer" }, O>,
  number: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "number", ...options }) as With<{ kind: "number" }, O>,
  any: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "any", ...options }) as With<{ kind: "any" }, O>,
  asset: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "asset", ...options }) as With<{ kind: "asset" }, O>,
  archive: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "archive", ...options }) as With<{ kind: "archive" }, O>,
  file: <const O extends PropertyOptions = None>(options?: O) =>
    ({ kind: "file", ...options }) as With<{ kind: "file" }, O>,
  list: <const S extends Shape, const O extends PropertyOptions = None>(of: S, options?: O) =>
    ({ kind: "list", of, ...options }) as With<{ kind: "list"; of: S }, O>,
  set: <const S extends Shape, const O extends PropertyOptions = None>(of: S, options?: O) =>
    ({ kind: "list", of, set: true, ...options }) as With<{ kind: "list"; of: S; set: true }, O>,
  map: <const S extends Shape, const O extends PropertyOptions = None>(of: S, options?: O) =>
    ({ kind: "map", of, ...options }) as With<{ kind: "map"; of: S }, O>,
  object: <const P extends Properties, const O extends PropertyOptions = None>(properties: P, options?: O) =>
    ({ kind: "object", properties, ...options }) as With<{ kind: "object"; properties: P }, O>,
};

/** The TypeScript type of what a shape holds, once everything in it is known. */
export type Of<S> = S extends { kind: "string" }
  ? string
  : S extends { kind: "boolean" }
    ? boolean
    : S extends { kind: "integer" | "number" }
      ? number
      : S extends { kind: "asset" }
        ? Asset
        : S extends { kind: "archive" }
          ? Archive
          : S extends { kind: "file" }
            ? Asset | Archive
            : S extends { kind: "list"; of: infer E }
              ? readonly Of<E>[]
              : S extends { kind: "map"; of: infer E }
                ? { readonly [key: string]: Of<E> }
                : S extends { kind: "object"; properties: infer P }
                  ? ValuesOf<P>
                  : Value;

type Given<P> = {
  [K in keyof P]: P[K] extends { required: true } ? K : P[K] extends { default: Value } ? K : never;
}[keyof P];

/** Properties by name: those that are required or have a default are there, the others may be undefined. */
export type ValuesOf<P> = { readonly [K in Given<P>]: Of<P[K]> } & {
  readonly [K in Exclude<keyof P, Given<P>>]?: Of<P[K]>;
};
