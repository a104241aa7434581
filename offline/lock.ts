import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { isAlive } from "./process";

/** Who holds a lock: enough to tell a living holder from a dead one, also after its process id was given away anew. */
const Holder = z.strictObject({
  host: z.string(),
  pid: z.int().positive(),
  /** Clock ticks from boot to the start of the process; absent where the system has no /proc. */
  started: z.string().optional(),
  token: z.string(),
});
type Holder = z.infer<typeof Holder>;

const heartbeatMs = 5_000;
/** A holder on another machine (a shared cache) cannot be looked at, only its heartbeat can. */
const silentForMs = 120_000;
/** The guard is held for some file operations: one this old was left by a process killed in between. */
const guardForMs = 10_000;

export interface LockOptions {
  /** Called once a second while another process holds the lock. */
  readonly waiting?: (holder: { readonly pid: number; readonly host: string }) => void;
  /** How often a held lock is looked at, in milliseconds. @default 200 */
  readonly pollMs?: number;
}

/**
 * Runs `work` while no other process holds the lock file. A lock whose holder has died is taken over.
 * It holds between the processes of one machine, and of several that share the folder.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const mine: Holder = { host: hostname(), pid: process.pid, started: await startOf(process.pid), token: randomUUID() };
  let told = Date.now();
  while (!(await take(path, mine))) {
    const holder = await read(path);
    if (holder === "none") continue;
    if (await isDead(path, holder)) {
      await removeDead(path, mine);
      continue;
    }
    if (holder !== "unreadable" && Date.now() - told >= 1_000) {
      told = Date.now();
      options.waiting?.(holder);
    }
    await sleep(options.pollMs ?? 200);
  }
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    const holder = await read(path);
    if (typeof holder === "object" && holder.token === mine.token) await rm(path, { force: true });
  }
}

/** A hard link to a finished file: the lock is there whole or not at all. */
async function take(path: string, holder: Holder): Promise<boolean> {
  const staged = `${path}.${holder.token}`;
  await writeFile(staged, JSON.stringify(holder));
  try {
    await link(staged, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  } finally {
    await rm(staged, { force: true });
  }
}

/**
 * Removes a dead holder's lock. Looking and removing are two steps, so they happen behind a guard of their own:
 * otherwise a second process could remove the lock that the first has taken meanwhile.
 */
async function removeDead(path: string, mine: Holder): Promise<void> {
  const guard = `${path}.guard`;
  if (!(await take(guard, mine))) {
    if ((await ageOf(guard)) > guardForMs) await rm(guard, { force: true });
    await sleep(20);
    return;
  }
  try {
    const holder = await read(path);
    if (holder !== "none" && (await isDead(path, holder))) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function read(path: string): Promise<Holder | "none" | "unreadable"> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "none";
    throw cause;
  }
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return "unreadable";
  }
}

async function isDead(path: string, holder: Holder | "unreadable"): Promise<boolean> {
  if (holder === "unreadable" || holder.host !== hostname()) return (await ageOf(path)) > silentForMs;
  if (!isAlive(holder.pid)) return true;
  return holder.started !== undefined && holder.started !== (await startOf(holder.pid));
}

async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses, which may hold spaces; start time is field 22.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found ? Date.now() - found.mtimeMs : 0;
}
