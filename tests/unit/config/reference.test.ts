import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { sections } from "../../../components/config/schema";

type Json = { properties?: Record<string, Json>; items?: Json; default?: unknown; required?: string[] };

/** Every key that a stack file can hold, with its default, as the schema says. */
function keysOf(prefix: string, schema: Json): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}.${name}`;
    const nested = child.items?.properties ? keysOf(`${path}[]`, child.items) : keysOf(path, child);
    if (nested.size > 0) {
      for (const [key, value] of nested) {
        keys.set(key, value);
      }
    } else {
      const { default: value } = child;
      const absent = schema.required?.includes(name) ? "required" : "–";
      keys.set(path, value === undefined ? absent : typeof value === "string" ? value : JSON.stringify(value));
    }
  }
  return keys;
}

test("the configuration reference names every key with its default, and no other", () => {
  const expected = new Map<string, string>([["jobs.<name>.vars", "{}"]]);
  for (const [name, schema] of Object.entries(sections)) {
    if (name === "jobs") {
      continue;
    }
    const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Json;
    if (json.properties === undefined && json.items === undefined) {
      expected.set(name, JSON.stringify(json.default));
      continue;
    }
    const found = json.items ? keysOf(`${name}[]`, json.items) : keysOf(name, json);
    for (const [key, value] of found) {
      expected.set(key, value);
    }
  }

  const reference = readFileSync(join(resolve(__dirname, "../../.."), "docs/configuration.md"), "utf8");
  const table = reference.slice(reference.indexOf("<!-- configuration"), reference.indexOf("## Groups"));
  const written = new Map<string, string>();
  for (const line of table.split("\n")) {
    const [, key, value] = /^\| `([^`]+)` \| `?([^|`]+)`? \|/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) {
      written.set(key, value.trim());
    }
  }
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(expected));
});
