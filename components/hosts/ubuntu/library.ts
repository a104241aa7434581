import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What a machine keeps of our scripts, in the order in which it reads them. */
export const libraryScripts = [
  "begin",
  "common",
  "packages",
  "docker",
  "prepare",
  "software",
  "service",
  "agent",
  "remove",
] as const;

/** Where it keeps them: what root runs, and what gets a command there. */
export const libraryPath = "/usr/local/lib/hashistack/library.sh";
export const asRootPath = "/usr/local/lib/hashistack/asRoot.sh";

const scripts = new Map<string, string>();

/** A script of this project, without the words that are for shellcheck. */
export function readScript(name: string): string {
  let text = scripts.get(name);
  if (text === undefined) {
    text = readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8").replaceAll(/^ *# shellcheck .*\n/gm, "");
    scripts.set(name, text);
  }
  return text;
}

/** The scripts as one file, and a name for exactly that text. */
export interface Library {
  readonly text: string;
  readonly version: string;
  /** Its files, for standard input: names on the machine and contents. */
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
}

let read: Library | undefined;

export function library(): Library {
  if (read === undefined) {
    const body = libraryScripts.map(readScript).join("\n");
    const asRoot = readScript("asRoot");
    const version = createHash("sha256").update(body).update(asRoot).digest("hex").slice(0, 16);
    const text = `library_version=${version}\n${body}`;
    const files = Object.entries({ "asRoot.sh.gz": asRoot, "library.sh.gz": text });
    // Every host's state holds them.
    read = {
      text,
      version,
      files: files.map(([name, content]) => ({ name, content: gzipSync(content, { level: 9 }) })),
    };
  }
  return read;
}
