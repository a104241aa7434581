import { assignments, heredoc, quote } from "../shell";
import { libraryPath, readScript } from "./library";

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
  const { host, user, password, limitSeconds } = privilege;
  const command = [
    heredoc("script() { cat", script),
    "}\n",
    assignments({ host, user, password, limit: limitSeconds }),
    readScript("asRoot"),
  ].join("");
  if (Buffer.byteLength(command) > longest) {
    throw new Error(
      `host ${host}: a script of ${Buffer.byteLength(command)} bytes cannot be run over SSH, which takes ${longest}. ` +
        "Are there very long settings, such as thousands of addresses?",
    );
  }
  return command;
}

/** The first lines of each script that works with the library on the machine. */
export function withLibrary(host: string, version: string): string {
  const lost = `host ${host}: the scripts of hashistack on this machine (${libraryPath}) are missing or of another version. Run pulumi up --replace on the resource ${host}-prepare.`;
  return [
    "set -euo pipefail\n",
    `grep -qsx ${quote(`library_version=${version}`)} ${libraryPath} || { echo ${quote(lost)} >&2; exit 1; }\n`,
    `. ${libraryPath}\n`,
  ].join("");
}

/** The same for a removal, which any version serves, and which has nothing to do on a machine that was made anew. */
export function withAnyLibrary(host: string, unit: string): string {
  const lost = `host ${host}: ${unit} is still here, but the scripts of hashistack that remove it (${libraryPath}) are not. Run pulumi up --replace on the resource ${host}-prepare first.`;
  return [
    "set -euo pipefail\n",
    `if [ ! -e ${libraryPath} ]; then\n`,
    `  grep -qs '^# hashistack ' /etc/systemd/system/${unit} || exit 0\n`,
    `  echo ${quote(lost)} >&2\n`,
    "  exit 1\n",
    "fi\n",
    `. ${libraryPath}\n`,
  ].join("");
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
