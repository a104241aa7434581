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

/** Where it keeps them. */
export const libraryPath = "/usr/local/lib/hashistack/library.sh";

/** A script of this project, without the words that are for shellcheck. */
export function readScript(name: string): string {
  const text = readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8");
  return text.replaceAll(/^ *# shellcheck .*\n/gm, "");
}

/** The scripts as one file, and a name for exactly that text. */
export interface Library {
  readonly text: string;
  readonly version: string;
  /** For a line of standard input. */
  readonly compressed: Buffer;
}

let read: Library | undefined;

export function library(): Library {
  if (read === undefined) {
    const body = libraryScripts.map(readScript).join("\n");
    const version = createHash("sha256").update(body).digest("hex").slice(0, 16);
    const text = `library_version=${version}\n${body}`;
    read = { text, version, compressed: gzipSync(text, { level: 9 }) };
  }
  return read;
}
