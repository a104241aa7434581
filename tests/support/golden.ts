import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { label, type Registered } from "./mockEngine";
import { root } from "./program";

const folder = join(root, "tests/stack/expected");

/**
 * Compares what a program registered with the file that was reviewed for this stack. With `UPDATE_GOLDENS=1` the file
 * is rewritten instead: its difference is then reviewed like code.
 */
export function expectGolden(stack: string, resources: readonly Registered[]): void {
  const file = join(folder, `${stack}.json`);
  const actual = Object.fromEntries([...resources].sort(byLabel).map((each) => [label(each), readable(each)]));
  if (process.env.UPDATE_GOLDENS === "1") {
    writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
  }
  if (!existsSync(file)) {
    throw new Error(`${file} is missing; write it with: UPDATE_GOLDENS=1 npx jest tests/stack`);
  }
  try {
    expect(actual).toEqual(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    (error as Error).message +=
      "\n\nIf that is meant: UPDATE_GOLDENS=1 npx jest tests/stack, and review the difference.";
    throw error;
  }
}

function byLabel(a: Registered, b: Registered): number {
  return label(a) < label(b) ? -1 : 1;
}

/** What names a resource already is left out, and so are options that nobody set. */
function readable({ type: _type, name: _name, custom: _custom, ...rest }: Registered): object {
  const { deleteBeforeReplace, replaceOnChanges, protect, ...shown } = rest;
  return unfolded({
    ...shown,
    ...(deleteBeforeReplace ? { deleteBeforeReplace } : {}),
    ...(protect ? { protect } : {}),
    ...(replaceOnChanges.length > 0 ? { replaceOnChanges } : {}),
  }) as object;
}

/** What is packed differs from one packer's version to the next: what it holds does not. */
function digestOf(bytes: Buffer): string {
  return `holds sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Texts of several lines as lists of lines, and JSON as what it says: a difference shows in the line it is in. */
function unfolded(value: unknown): unknown {
  if (typeof value === "string") {
    const [, name, packed] = /^(\S+\.gz) ([A-Za-z0-9+/=]+)$/.exec(value) ?? [];
    if (packed !== undefined) {
      return `${name} ${digestOf(gunzipSync(Buffer.from(packed, "base64")))}`;
    }
    return /^\{"/.test(value)
      ? { json: JSON.parse(value) }
      : value.includes("\n")
        ? value.split("\n").map(unfolded)
        : value;
  }
  if (Array.isArray(value)) {
    return value.map(unfolded);
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, unfolded(item)]));
  }
  return value;
}
