import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import type { Report } from "../report";
import { findEngine } from "./index";

/** One line of /proc/self/mountinfo, as far as it matters here. */
interface Mount {
  readonly target: string;
  readonly shared: boolean;
}

/** The mount on which a path lies. The last of several on one target is the one in force. */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split("\n")) {
    const fields = line.split(" ");
    const target = fields[4];
    if (target === undefined) {
      continue;
    }
    const inside = target === "/" || path === target || path.startsWith(`${target}/`);
    if (inside && target.length >= (found?.target.length ?? 0)) {
      const options = fields.slice(6, fields.indexOf("-"));
      found = { target, shared: options.some((option) => option.startsWith("shared:")) };
    }
  }
  return found;
}

/** What makes a folder's mount shared, for a person to type. */
export function shareCommands(folder: string): string[] {
  return [`mount --bind ${folder} ${folder}`, `mount --make-shared ${folder}`];
}

/** Whether mounts below the engine's volumes are seen by the engine's host: what Nomad's tasks need. */
export async function volumesShared(): Promise<{ folder: string; shared: boolean } | undefined> {
  const engine = await findEngine();
  if (engine === undefined) {
    return undefined;
  }
  const folder = join(engine.root, "volumes");
  return { folder, shared: mountOf(folder, await readFile("/proc/self/mountinfo", "utf8"))?.shared ?? false };
}

/** Makes the engine's volumes a shared mount, where it is none and we may. */
export async function ensureSharedMounts({ report }: { report: Report }): Promise<void> {
  const state = await volumesShared();
  if (state === undefined || state.shared || process.getuid?.() !== 0) {
    return;
  }
  // Only this folder: what else is mounted on the machine stays as its owner had it.
  report(`making ${state.folder} a shared mount, so that tasks see their secrets`);
  await mkdir(state.folder, { recursive: true });
  for (const command of shareCommands(state.folder)) {
    const [program = "", ...args] = command.split(" ");
    await run(program, args);
  }
}
