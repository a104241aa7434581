import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SshPlan, SshSecrets } from "./plan";

/** The files that an `ssh` client needs, and the options that name them. */
export interface SshClient {
  readonly options: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

type Endpoint = Omit<SshPlan, "bastion">;

/**
 * What the local `ssh` is told, which Docker's client runs for `ssh://` engines. It knows private keys and host keys from
 * files only, so these are written below `directory`, each 0600; a person's own configuration is left out, so that the
 * stack reaches the same machines from everywhere.
 */
export function sshClient(ssh: SshPlan, secrets: SshSecrets, directory: string): SshClient {
  const main = endpoint(ssh, secrets.privateKey, join(directory, "host"));
  if (ssh.bastion === undefined) return main;
  const bastion = endpoint(ssh.bastion, secrets.bastionPrivateKey ?? secrets.privateKey, join(directory, "bastion"));
  const proxy = [
    "ssh",
    ...bastion.options,
    ...["-l", ssh.bastion.user, "-p", String(ssh.bastion.port), "-W", "[%h]:%p", "--", ssh.bastion.address],
  ];
  return {
    options: [...main.options, "-o", `ProxyCommand=${proxy.map(proxyWord).join(" ")}`],
    files: [...bastion.files, ...main.files],
  };
}

function endpoint(ssh: Endpoint, privateKey: string | undefined, path: string): SshClient {
  const files: { path: string; content: string }[] = [];
  const options = ["BatchMode=yes", "ConnectTimeout=10", "ConnectionAttempts=3", "ServerAliveInterval=15"];
  if (ssh.hostKey === undefined) {
    options.push("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null");
  } else {
    const file = `${path}.known_hosts`;
    files.push({ path: file, content: `${knownHost(ssh)} ${ssh.hostKey.trim()}\n` });
    options.push("StrictHostKeyChecking=yes", `UserKnownHostsFile=${file}`);
  }
  options.push("GlobalKnownHostsFile=/dev/null");
  if (!ssh.agent && privateKey !== undefined) {
    const file = `${path}.key`;
    files.push({ path: file, content: privateKey.endsWith("\n") ? privateKey : `${privateKey}\n` });
    options.push("IdentitiesOnly=yes", `IdentityFile=${file}`);
  }
  return { files, options: ["-F", "/dev/null", ...options.flatMap((option) => ["-o", option])] };
}

function knownHost({ address, port }: Endpoint): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

/** ssh replaces `%h` and `%p` before a shell reads the words. */
function proxyWord(word: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(word)
    ? word.replace(/^\[%h\]:%p$/, "'[%h]:%p'")
    : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Writes the files, each whole or not at all; only the person who runs the stack may read them. */
export function writeSshFiles(client: SshClient, directory: string): void {
  if (client.files.length === 0) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  for (const { path, content } of client.files) {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, path);
  }
}
