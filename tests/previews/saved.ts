import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Preview, readPreview } from "../../tasks/report/preview";
import { stack } from "./workshop";

const fileOf = (name: string) => join(__dirname, "saved", `${name}.json.gz`);

/** A saved preview's text: what `pulumi preview --json` printed. Remade by: UPDATE_PREVIEWS=1 npx jest tests/plugins/previews.test.ts */
export function savedText(name: string): string {
  return gunzipSync(readFileSync(fileOf(name))).toString();
}

export function savedPreview(name: string): Preview {
  return readPreview(savedText(name), { source: name, project: "hashistack", stack });
}

export function save(name: string, text: string): void {
  writeFileSync(fileOf(name), gzipSync(text, { level: 9 }));
}
