import { assignments, heredoc, quote } from "../shell";
import { asRootPath, libraryPath, readScript } from "./library";

/**
 * Linux takes no argument longer than 128 KiB, and a command over SSH is one. Some of it is left for the way there.
 */
const longest = 120 * 1024;

/** Who runs a script on a host, and for how long at most. */
export interface Privilege {
  readonly host: string;
  readonly user: string;
  /** Whether `sudo` gets a password: the first line of standard input. */
  readonly password: boolean;
  readonly limitSeconds: number;
}

/**
 * A command for the login shell of `user` that runs a bash script as root. The script stands in it as text.
 * @throws Error where it would be too long for a command over SSH.
 */
export function asRoot(privilege: Privilege, script: string): string {
  return command(privilege, script, readScript("asRoot"));
}

/**
 * The same with the library on the machine, which also knows the way to root: short, since the state holds every command
 * and errors repeat it.
 * @param lost - what the login shell does where the library is missing.
 */
export function withLibrary(privilege: Privilege, script: string, lost: string): string {
  const way = `if [ ! -r ${asRootPath} ] || [ ! -r ${libraryPath} ]; then\n${lost}fi\n. ${asRootPath}\n`;
  return command(privilege, `set -euo pipefail\n. ${libraryPath}\n${script}`, way);
}

/** Ends a command with a message. */
export function refuse(host: string, message: string): string {
  return `  echo ${quote(`host ${host}: ${message}`)} >&2\n  exit 1\n`;
}

function command({ host, user, password, limitSeconds }: Privilege, script: string, way: string): string {
  const text = [
    // The braces have it read as a whole before it starts, and the exit keeps it from reading on: its input goes on with
    // files, which are no commands.
    heredoc("script() { cat", `{\n${script}exit\n}\n`),
    "}\n",
    assignments({ host, user, password, limit: limitSeconds }),
    way,
  ].join("");
  if (Buffer.byteLength(text) > longest) {
    throw new Error(
      `host ${host}: a script of ${Buffer.byteLength(text)} bytes cannot be run over SSH, which takes ${longest}. ` +
        "Are there very long settings, such as thousands of addresses?",
    );
  }
  return text;
}

/** A file on its way to a host. */
export interface StdinFile {
  readonly name: string;
  readonly content: string | Buffer;
}

/** Standard input of a script: the password of sudo, where there is one, then the files. */
export function renderStdin(password: string | undefined, files: readonly StdinFile[]): string {
  const lines = files.map(({ name, content }) => `${checkedName(name)} ${Buffer.from(content).toString("base64")}\n`);
  return [password === undefined ? "" : `${password}\n`, ...lines, "end\n"].join("");
}

/** @throws Error where a file would lie outside its folder, or its name needs quotes. */
export function checkedName(name: string): string {
  if (
    !/^[\w.-]+(\/[\w.-]+)*$/.test(name) ||
    name.split("/").some((part) => part === "." || part === "..") ||
    name === "end"
  ) {
    throw new Error(
      `"${name}" cannot be the name of an agent's file: expected letters, digits, ".", "_", "-", and "/"`,
    );
  }
  return name;
}
