/** What a property may hold. `block` is one nested object, `blocks` a list of them. */
export type Kind = "string" | "int" | "bool" | "strings" | "stringMap" | "block" | "blocks";

/** One property of a resource type, as its Terraform schema declares it. */
export interface Field {
  readonly kind: Kind;
  readonly required?: true;
  /** Recorded among the inputs when the program leaves the property out. */
  readonly default?: string | number | boolean;
  /** A change of this very property (not of one nested in it) replaces the resource. */
  readonly replace?: true;
  /** Order carries no meaning: `["a","b"]` and `["b","a"]` are the same value. */
  readonly set?: true;
  /** The properties of a `block` or of each of `blocks`. */
  readonly fields?: Fields;
  /** Why the value is refused; nothing where it is fine. */
  readonly refuse?: (value: never) => string | undefined;
}

export type Fields = Readonly<Record<string, Field>>;

/** Plain data, as the protocol carries it once secrets and unknowns are taken off. */
export type Props = Record<string, unknown>;

export interface Failure {
  /** Path as Pulumi writes it, e.g. `uploads[0].file`. */
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: Props;
  readonly failures: readonly Failure[];
}

/** Where the Terraform bridge lists which properties of an object were filled in by defaults. */
export const DEFAULTS = "__defaults";

/**
 * Fills in defaults and lists them in `__defaults`, at every level, as the Terraform bridge does; refuses unknown
 * properties, missing ones and wrong types by their path.
 *
 * @param isKnown - says whether a value may be looked at; unknown ones are passed on unchecked.
 */
export function checkFields(
  fields: Fields,
  value: Props,
  isKnown: (value: unknown) => boolean = () => true,
  path = "",
): Checked {
  const failures: Failure[] = [];
  const inputs: Props = {};
  const defaulted: string[] = [];
  for (const name of Object.keys(value)) {
    if (name === DEFAULTS || value[name] === undefined || value[name] === null) continue;
    const field = fields[name];
    const property = join(path, name);
    if (field === undefined) {
      failures.push({ property, reason: `this stand-in does not support it; it knows ${listOf(fields)}` });
      continue;
    }
    const checked = checkValue(field, value[name], isKnown, property);
    failures.push(...checked.failures);
    inputs[name] = checked.value;
  }
  for (const [name, field] of Object.entries(fields)) {
    if (inputs[name] !== undefined) continue;
    if (field.default !== undefined) {
      inputs[name] = field.default;
      defaulted.push(name);
    } else if (field.required && !failures.some((f) => f.property === join(path, name))) {
      failures.push({ property: join(path, name), reason: "it is required" });
    }
  }
  return { inputs: { ...inputs, [DEFAULTS]: defaulted.sort() }, failures };
}

function checkValue(
  field: Field,
  value: unknown,
  isKnown: (value: unknown) => boolean,
  property: string,
): { value: unknown; failures: readonly Failure[] } {
  if (!isKnown(value)) return { value, failures: [] };
  const wrong = (expected: string) => ({
    value,
    failures: [{ property, reason: `expected ${expected}, got ${JSON.stringify(value)}` }],
  });
  const refused = (plain: unknown) => {
    const reason = field.refuse?.(plain as never);
    return { value: plain, failures: reason === undefined ? [] : [{ property, reason }] };
  };
  switch (field.kind) {
    case "string":
      // The bridge turns numbers and booleans into strings where the schema asks for a string.
      return typeof value === "object" ? wrong("a string") : refused(String(value));
    case "int": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return Number.isInteger(number) ? refused(number) : wrong("a whole number");
    }
    case "bool": {
      const flag = value === "true" ? true : value === "false" ? false : value;
      return typeof flag === "boolean" ? refused(flag) : wrong("true or false");
    }
    case "strings":
      if (!Array.isArray(value)) return wrong("a list of strings");
      if (value.some((item) => isKnown(item) && typeof item === "object")) return wrong("a list of strings");
      return refused(value.map((item) => (isKnown(item) ? String(item) : item)));
    case "stringMap": {
      if (!isObject(value)) return wrong("a map of strings");
      const entries = Object.entries(value).filter(([key]) => key !== DEFAULTS);
      if (entries.some(([, item]) => isKnown(item) && typeof item === "object")) return wrong("a map of strings");
      const map = Object.fromEntries(entries.map(([key, item]) => [key, isKnown(item) ? String(item) : item]));
      return refused({ ...map, [DEFAULTS]: [] });
    }
    case "block": {
      if (!isObject(value)) return wrong("an object");
      const checked = checkFields(field.fields ?? {}, value, isKnown, property);
      return { value: checked.inputs, failures: checked.failures };
    }
    case "blocks": {
      if (!Array.isArray(value)) return wrong("a list of objects");
      const failures: Failure[] = [];
      const items = value.map((item, index) => {
        const at = `${property}[${index}]`;
        if (!isKnown(item)) return item;
        if (!isObject(item)) {
          failures.push({ property: at, reason: `expected an object, got ${JSON.stringify(item)}` });
          return item;
        }
        const checked = checkFields(field.fields ?? {}, item, isKnown, at);
        failures.push(...checked.failures);
        return checked.inputs;
      });
      return { value: items, failures };
    }
    default:
      return field.kind satisfies never;
  }
}

/**
 * The value as a state's outputs hold it: without `__defaults`, sets in the order Terraform keeps them, and unset
 * properties of nested objects as the zero values that its legacy SDK stores.
 */
export function recorded(field: Field, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  switch (field.kind) {
    case "strings":
      return field.set ? [...new Set(value as string[])].sort() : value;
    case "stringMap":
      return withoutDefaults(value as Props);
    case "block":
      return recordedBlock(field.fields ?? {}, value as Props);
    case "blocks": {
      const items = (value as Props[]).map((item) => recordedBlock(field.fields ?? {}, item));
      return field.set ? items.sort((a, b) => compare(sortKey(a), sortKey(b))) : items;
    }
    default:
      return value;
  }
}

function recordedBlock(fields: Fields, value: Props): Props {
  const zero = { string: "", int: 0, bool: false, strings: [], stringMap: {}, block: null, blocks: [] } as const;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, recorded(field, value[name]) ?? zero[field.kind]]),
  );
}

/** Terraform orders the elements of a set by their attributes, taken alphabetically. */
function sortKey(block: Props): string {
  return JSON.stringify(
    Object.keys(block)
      .sort()
      .map((name) => block[name]),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function withoutDefaults(value: Props): Props {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== DEFAULTS));
}

function isObject(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function listOf(fields: Fields): string {
  return Object.keys(fields).sort().join(", ");
}

/** A `refuse` for properties of which only some values are supported. */
export function oneOf(...allowed: readonly (string | boolean | number)[]) {
  return (value: string | boolean | number): string | undefined =>
    allowed.includes(value)
      ? undefined
      : `${JSON.stringify(value)} is not supported; allowed: ${allowed.map((item) => JSON.stringify(item)).join(", ")}`;
}

/** A `refuse` for strings of a fixed form. */
export function matching(pattern: RegExp, meaning: string) {
  return (value: string): string | undefined =>
    pattern.test(value) ? undefined : `${JSON.stringify(value)} is not ${meaning}`;
}

/** A `refuse` for numbers with a lower bound. */
export function atLeast(least: number) {
  return (value: number): string | undefined => (value >= least ? undefined : `${value} is less than ${least}`);
}

export const labelFields: Fields = {
  label: { kind: "string", required: true, replace: true },
  value: { kind: "string", required: true, replace: true },
};

/** A set of `{label, value}` as the Engine API wants it. */
export function labelMap(labels: unknown): Record<string, string> {
  return Object.fromEntries(((labels ?? []) as { label: string; value: string }[]).map((l) => [l.label, l.value]));
}

/** The Engine API's labels as Terraform keeps them: a set of `{label, value}`. */
export function labelSet(labels: Record<string, string> | null | undefined): Props[] {
  return Object.entries(labels ?? {})
    .map(([label, value]) => ({ label, value }))
    .sort((a, b) => compare(a.label, b.label));
}
