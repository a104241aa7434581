import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { run } from "../../offline/command";
import { cliPlugins, folderName, wantedResources } from "../../offline/plugins/required";
import { isAlive } from "../../offline/process";
import { inherited, processEnvironment, pulumiEnvironment, sharedBackend } from "./environment";
import { paths, root } from "./paths";
import { runAttached } from "./run";
import { dropSalt } from "./salt";
import type { Stack } from "./stack";
import { writeWhole } from "./writeWhole";

const binary = join(paths.bin, "pulumi");

/** Runs Pulumi with this terminal. */
export function pulumi(stack: Stack, args: readonly string[]): Promise<number> {
  return runAttached(binary, args, { cwd: root, env: processEnvironment(stack) });
}

/** Runs Pulumi and gives back its standard output. */
export function pulumiQuietly(stack: Stack, args: readonly string[]): Promise<string> {
  return run(binary, ["--non-interactive", ...args], { cwd: root, env: processEnvironment(stack) });
}

/** How a run of Pulumi ended, and all that it printed. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Pulumi to its end, whatever that is. */
export async function pulumiCaptured(
  stackName: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Captured> {
  const child = spawn(binary, ["--non-interactive", ...args], {
    cwd: root,
    env: { ...inherited(pulumiEnvironment(stackName)), ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Makes the passphrase, the backend's folder and the stack, as far as they are not there yet. */
export async function ensureStack(stack: Stack): Promise<string> {
  await mkdir(paths.pulumiHome, { recursive: true });
  const shared = sharedBackend();
  if (shared === undefined) {
    await ensureOwnBackend(stack.name);
  }
  if (await hasState(stack)) {
    return `stack ${stack.name} is there`;
  }
  await pulumiQuietly(stack, ["stack", "init", stack.name, "--no-select", "--secrets-provider", "passphrase"]);
  return `stack ${stack.name} created, state in ${shared ?? ".hashistack/state"}`;
}

async function ensureOwnBackend(stackName: string): Promise<void> {
  await mkdir(paths.state, { recursive: true });
  if (!existsSync(paths.passphrase)) {
    await dropSalt(stackName);
    // A passphrase cut short would lock its owner out of the state.
    await writeWhole(paths.passphrase, `${randomBytes(24).toString("base64url")}\n`, 0o600);
  }
  await chmod(paths.passphrase, 0o600);
}

/** Whether a stack can be previewed at once: the command, the plugins and the state are in their places. */
export function isPrepared(stackName: string): boolean {
  const plugins = [...wantedResources(root), ...cliPlugins()].map((plugin) =>
    join(paths.pulumiHome, "plugins", folderName(plugin)),
  );
  return [binary, paths.passphrase, stateFile({ name: stackName }), ...plugins].every((path) => existsSync(path));
}

/** Where the file backend keeps the states of this project's stacks. */
export const statesFolder = join(paths.state, ".pulumi", "stacks", "hashistack");

/** Where it keeps the stack's state. */
export function stateFile(stack: Pick<Stack, "name">): string {
  return join(statesFolder, `${stack.name}.json`);
}

/** Whether there is a state for the stack: in this checkout, or in the backend that is shared. */
export async function hasState(stack: Stack): Promise<boolean> {
  if (sharedBackend() === undefined) {
    return existsSync(stateFile(stack));
  }
  if (!existsSync(binary)) {
    return false;
  }
  const stacks = JSON.parse(await pulumiQuietly(stack, ["stack", "ls", "--json"])) as { name: string }[];
  return stacks.some(({ name }) => name.split("/").at(-1) === stack.name);
}

/** The lock that a run holds on the stack's state. */
export interface StateLock {
  readonly pid: number;
  readonly alive: boolean;
}

/** Locks on the stack's state, each with whether the process that took it still runs. */
export async function stateLocks(stack: Stack): Promise<StateLock[]> {
  const folder = join(paths.state, ".pulumi", "locks", "organization", "hashistack", stack.name);
  const files = await readdir(folder).catch(() => []);
  return Promise.all(
    files.map(async (file) => {
      const { pid } = JSON.parse(await readFile(join(folder, file), "utf8")) as { pid: number };
      return { pid, alive: isAlive(pid) };
    }),
  );
}
