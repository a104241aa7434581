import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Asset } from "../kit";

/**
 * Files below `directory` that the patterns choose, in order: `!` takes files out again. `*` stays within a folder,
 * `**` does not; `?`, `[abc]`, `[!a-z]` and `{a,b}` work as in github.com/gobwas/glob.
 */
export function findAssets(directory: string, patterns: readonly string[]): { [path: string]: Asset } {
  const rules = patterns.map((pattern) => ({
    exclude: pattern.startsWith("!"),
    expression: compileGlob(pattern.replace(/^!/, "")),
  }));
  const assets: { [path: string]: Asset } = {};
  for (const path of filesBelow(directory, "")) {
    let chosen = false;
    for (const rule of rules) if (rule.expression.test(path)) chosen = !rule.exclude;
    if (!chosen) continue;
    const file = join(directory, path);
    assets[path] = new Asset({ path: file }, createHash("sha256").update(readFileSync(file)).digest("hex"));
  }
  return assets;
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, path) : [path];
    });
}

export function compileGlob(pattern: string): RegExp {
  let source = "";
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === "\\" && i + 1 < pattern.length) source += literal(pattern.charAt(++i));
    else if (char === "*") {
      const deep = pattern.charAt(i + 1) === "*";
      if (deep) i++;
      source += deep ? ".*" : "[^/]*";
    } else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const end = pattern.indexOf("]", i + 2);
      if (end < 0) throw new Error(`The pattern ${JSON.stringify(pattern)} has an unclosed "["`);
      const inside = pattern.slice(i + 1, end);
      source += `[${inside.replace(/^!/, "^").replaceAll("\\", "\\\\")}]`;
      i = end;
    } else if (char === "{") {
      depth++;
      source += "(?:";
    } else if (char === "}" && depth > 0) {
      depth--;
      source += ")";
    } else if (char === "," && depth > 0) source += "|";
    else source += literal(char);
  }
  if (depth > 0) throw new Error(`The pattern ${JSON.stringify(pattern)} has an unclosed "{"`);
  return new RegExp(`^${source}$`, "s");
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
