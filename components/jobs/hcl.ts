/** A value of a parsed HCL file. Blocks are lists of objects; those with a label lie in an object by it. */
export type Json = unknown;

export function asObject(value: Json): Readonly<Record<string, Json>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, Json>)
    : undefined;
}

export interface Block {
  /** Its label, where it has one; of a `dynamic` block, what its labels are computed from. */
  readonly label: string;
  readonly body: Readonly<Record<string, Json>>;
}

/** Blocks of a type inside another block, `dynamic` ones too: of these the content, once. */
export function blocksOf(parent: Json, type: string): Block[] {
  const { [type]: written, dynamic } = asObject(parent) ?? {};
  const generated = asObject(dynamic)?.[type];
  return [
    ...bodies(written, ""),
    ...(Array.isArray(generated) ? generated : []).flatMap((each) => {
      const { content, labels } = asObject(each) ?? {};
      return bodies(content, Array.isArray(labels) ? labels.join("/") : type);
    }),
  ];
}

function bodies(value: Json, label: string): Block[] {
  if (Array.isArray(value)) {
    return value.flatMap((body) => {
      const object = asObject(body);
      return object ? [{ label, body: object }] : [];
    });
  }
  return Object.entries(asObject(value) ?? {}).flatMap(([name, inner]) =>
    Array.isArray(inner) ? bodies(inner, name) : [],
  );
}
