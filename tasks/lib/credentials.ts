import { existsSync } from "node:fs";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { local } from "./paths";
import { hasState, pulumiQuietly } from "./pulumi";
import { isLocked, type Stack } from "./stack";
import { writeWhole } from "./writeWhole";

/** What one must show to be answered by a stack's servers: files of this checkout, readable by their owner alone. */
export interface Credentials {
  /** File with the certificate of the cluster's authority. */
  readonly ca?: string;
  /** File with Consul's management token. */
  readonly consulToken?: string;
  /** File with Nomad's management token. */
  readonly nomadToken?: string;
}

const names: Readonly<Record<keyof Credentials, string>> = {
  ca: "ca.pem",
  consulToken: "consul-token",
  nomadToken: "nomad-token",
};

function folderOf(stack: Stack): string {
  return join(local, "credentials", stack.name);
}

/** Writes the stack's credentials, out of its state, to where the ordinary CLIs can use them. */
export async function writeCredentials(stack: Stack): Promise<Credentials> {
  if (!isLocked(stack) || !(await hasState(stack))) {
    return {};
  }
  const text = await pulumiQuietly(stack, ["stack", "output", "--json", "--show-secrets", "--stack", stack.name]);
  const outputs = JSON.parse(text) as Record<string, unknown>;
  const folder = folderOf(stack);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  for (const [key, name] of Object.entries(names)) {
    const value = outputs[key];
    if (typeof value === "string") {
      await writeWhole(join(folder, name), value, 0o600);
    }
  }
  return credentialsOf(stack);
}

/** The stack's credentials, as far as they were written. */
export function credentialsOf(stack: Stack): Credentials {
  const entries = Object.entries(names).map(([key, name]) => [key, join(folderOf(stack), name)] as const);
  return isLocked(stack) ? Object.fromEntries(entries.filter(([, path]) => existsSync(path))) : {};
}

/** How to ask the stack's Nomad. */
export async function nomadAccess(stack: Stack): Promise<{ ca?: string; headers: Record<string, string> }> {
  const { ca, nomadToken } = credentialsOf(stack);
  return {
    ...(ca ? { ca: await readFile(ca, "utf8") } : {}),
    headers: nomadToken ? { "x-nomad-token": await readFile(nomadToken, "utf8") } : {},
  };
}
