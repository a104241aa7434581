import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../offline/command";
import type { Inventory, Machine } from "./inventory";
import { labPaths } from "./paths";

/**
 * Makes what is missing of the lab's keys: the one that logs in, those that the machines show, and the one that signs.
 * Each is there whole or not at all, and stays until the lab is taken down: `known_hosts` is true for as long.
 */
export async function ensureKeys(inventory: Inventory): Promise<void> {
  await mkdir(labPaths.folder, { recursive: true, mode: 0o700 });
  await ensureLogin();
  for (const machine of inventory.machines) {
    await ensureHostKeys(machine);
  }
  await place(labPaths.knownHosts, await knownHosts(inventory));
  await ensureSigningKey();
}

async function ensureLogin(): Promise<void> {
  if (existsSync(labPaths.key)) return;
  const staged = `${labPaths.key}.new`;
  await rm(staged, { force: true });
  await rm(`${staged}.pub`, { force: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ops of hashistack's lab", "-f", staged]);
  await rename(`${staged}.pub`, `${labPaths.key}.pub`);
  await rename(staged, labPaths.key);
}

/** Of every type that a machine makes itself when it is installed: RSA, ECDSA and Ed25519. */
async function ensureHostKeys({ name }: Machine): Promise<void> {
  const folder = join(labPaths.hostKeys, name);
  if (existsSync(folder)) return;
  const staged = `${folder}.new`;
  await rm(staged, { recursive: true, force: true });
  // Where ssh-keygen puts them.
  await mkdir(join(staged, "etc/ssh"), { recursive: true, mode: 0o700 });
  await run("ssh-keygen", ["-A", "-f", staged]);
  await rename(staged, folder);
}

/** The files of a machine's keys, by name. */
export async function hostKeys({ name }: Machine): Promise<ReadonlyMap<string, string>> {
  const folder = join(labPaths.hostKeys, name, "etc/ssh");
  const files = (await readdir(folder)).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return new Map(files.map((file, index) => [file, contents[index] ?? ""]));
}

async function knownHosts({ machines }: Inventory): Promise<string> {
  const lines: string[] = [];
  for (const machine of machines) {
    for (const [file, key] of await hostKeys(machine)) {
      if (file.endsWith(".pub")) lines.push(renderKnownHost(machine, key));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A line of `known_hosts`. @param key the public key's file */
export function renderKnownHost({ name, address }: Machine, key: string): string {
  const [type, bytes] = key.trim().split(/\s+/);
  return `${address},${name} ${type} ${bytes}`;
}

async function ensureSigningKey(): Promise<void> {
  if (existsSync(labPaths.signingKey) && existsSync(labPaths.signingSecret)) return;
  await withGpg(async (gpg) => {
    const user = "hashistack lab <lab@example.invalid>";
    await gpg("--passphrase", "", "--quick-generate-key", user, "rsa3072", "sign", "never");
    await place(labPaths.signingSecret, await gpg("--armor", "--export-secret-keys"), 0o600);
    await place(labPaths.signingKey, await gpg("--armor", "--export"));
  });
}

/** Signs with the lab's key. */
export interface Signer {
  /** The file's signature beside it. */
  detached(file: string, signature: string, form: "armored" | "binary"): Promise<void>;
  /** The file's text with the signature around it. */
  clear(file: string, signed: string): Promise<void>;
}

export function withSigner<T>(work: (signer: Signer) => Promise<T>): Promise<T> {
  return withGpg(async (gpg) => {
    await gpg("--import", labPaths.signingSecret);
    const output = (path: string) => ["--yes", "--digest-algo", "SHA512", "--output", path];
    return work({
      async detached(file, signature, form) {
        await gpg(...output(signature), ...(form === "armored" ? ["--armor"] : []), "--detach-sign", file);
      },
      async clear(file, signed) {
        await gpg(...output(signed), "--clear-sign", file);
      },
    });
  });
}

/** GnuPG keeps a daemon by its folder, and that folder's name has to be short. */
async function withGpg<T>(work: (gpg: (...args: string[]) => Promise<string>) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "gpg-"));
  const env = { ...process.env, GNUPGHOME: home };
  try {
    return await work((...args) => run("gpg", ["--batch", "--quiet", "--no-tty", ...args], { env }));
  } finally {
    await run("gpgconf", ["--kill", "all"], { env }).catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  }
}

/** Writes a file, whole or not at all. */
export async function place(path: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content, { mode });
  await chmod(`${path}.new`, mode);
  await rename(`${path}.new`, path);
}
