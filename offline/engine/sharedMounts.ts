import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import type { Report } from "../report";
import { isUsualEngine } from "./client";
import { daemonPid, mountTable, sharesMountsWithUs } from "./daemon";
import { findEngine } from "./find";
import { tryPropagation } from "./trial";

/** One line of a mount table, as far as it matters here. */
interface Mount {
  readonly target: string;
  readonly shared: boolean;
}

/**
 * The mount on which a path lies. Of several on one target the last is in force and the engine looks at the first, so
 * all must be shared.
 */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split("\n")) {
    const fields = line.split(" ");
    // The kernel writes blanks in paths as octal numbers.
    const target = fields[4]?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (target === undefined) {
      continue;
    }
    const inside = target === "/" || path === target || path.startsWith(`${target}/`);
    if (inside && target.length >= (found?.target.length ?? 0)) {
      const below = found?.target === target ? found.shared : true;
      const options = fields.slice(6, fields.indexOf("-"));
      found = { target, shared: below && options.some((option) => option.startsWith("shared:")) };
    }
  }
  return found;
}

/** The folder of the engine's volumes, and whether what is mounted below it in one container is seen by others. */
export interface VolumesState {
  readonly folder: string;
  readonly shared: boolean;
  /** Whether the folder is a mount of its own; absent where that cannot be seen. */
  readonly ownMount?: boolean;
}

/**
 * What makes the folder's mount shared: of the folder only, so that what else is mounted on the machine stays as its owner
 * had it. A second mount on top of one would not do: of two on one folder the engine looks at the lower.
 */
export function shareCommands({ folder, ownMount }: Pick<VolumesState, "folder" | "ownMount">): string[][] {
  const bind = ["mount", "--bind", folder, folder];
  return [...(ownMount ? [] : [bind]), ["mount", "--make-shared", folder]];
}

/** Those commands, for a person to type. */
export function shareByHand(state: Pick<VolumesState, "folder" | "ownMount">): string {
  return shareCommands(state)
    .map((command) => command.join(" "))
    .join(" && ");
}

/** Looks at the engine's volumes as the engine sees them; undefined where no engine answers. */
export async function volumesShared(): Promise<VolumesState | undefined> {
  const engine = await findEngine();
  if (engine === undefined) {
    return undefined;
  }
  const folder = join(engine.root, "volumes");
  const pid = isUsualEngine() ? await daemonPid() : undefined;
  const table = pid === undefined ? undefined : await mountTable(pid);
  const mount = table === undefined ? undefined : mountOf(folder, table);
  // Where the daemon's mounts cannot be read (another user's, or another machine's), only trying tells.
  return mount
    ? { folder, shared: mount.shared, ownMount: mount.target === folder }
    : { folder, shared: await tryPropagation(folder) };
}

/**
 * Makes the engine's volumes a shared mount, where they are none and we may. Without it Nomad's client cannot hand
 * secrets to its tasks. A machine under systemd has it so already, and it does not outlast a restart of the machine.
 *
 * @throws where it was done and did not help.
 */
export async function ensureSharedMounts({ report }: { report: Report }): Promise<void> {
  const state = await volumesShared();
  if (state === undefined || state.shared || process.getuid?.() !== 0) {
    return;
  }
  const { folder } = state;
  const pid = isUsualEngine() ? await daemonPid() : undefined;
  if (pid === undefined && !existsSync(folder)) {
    return; // The engine is on another machine: the preflight says what to do there.
  }
  report(`making ${folder} a shared mount, so that tasks see their secrets`);
  const enter =
    pid === undefined || (await sharesMountsWithUs(pid)) ? [] : ["nsenter", `--mount=/proc/${pid}/ns/mnt`, "--"];
  if (enter.length === 0) {
    await mkdir(folder, { recursive: true });
  }
  for (const args of shareCommands(state)) {
    const [program = "", ...rest] = [...enter, ...args];
    await run(program, rest);
  }
  if (!(await tryPropagation(folder))) {
    throw new Error(
      `${folder} was made a shared mount, and the Docker engine does not see it so. Does it run in a mount namespace of ` +
        `its own (MountFlags= in docker.service)? Take that out, restart it, and run as root: ${shareByHand(state)}`,
    );
  }
}
