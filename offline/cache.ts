import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { withLock } from "./lock";
import type { Report } from "./report";

const keyPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Where entries are kept: `$HASHISTACK_CACHE`, else `$XDG_CACHE_HOME/hashistack`, else `~/.cache/hashistack`.
 * Everything in it can be removed at any time that nothing uses it; it is made again when needed.
 */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.HASHISTACK_CACHE) return resolve(environment.HASHISTACK_CACHE);
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "hashistack");
}

/** The folder of a finished entry, or `undefined` where it has not been made yet. Takes no lock. */
export async function findCached(key: string): Promise<string | undefined> {
  const entry = join(cacheRoot(), checked(key));
  return (await exists(entry)) ? entry : undefined;
}

/**
 * The folder of an entry, made by `produce` if it is not there yet.
 *
 * `produce` fills an empty folder, which becomes the entry by one rename once it is done: an entry is whole or
 * absent. It must not write its folder's path into a file, since the folder moves. Two processes never make one
 * entry at a time: the second waits and gets what the first made. What a killed run left is removed.
 *
 * @param key names the content: letters, digits, `.`, `_`, `+` and `-`. Whatever changes the content belongs in it.
 * @throws what `produce` throws; nothing is kept then.
 */
export async function cached(key: string, produce: (dir: string) => Promise<void>, report: Report): Promise<string> {
  const root = cacheRoot();
  const entry = join(root, checked(key));
  if (await exists(entry)) return entry;

  const staging = join(root, ".staging");
  const waiting = everyTenSeconds((holder: { pid: number; host: string }) =>
    report(`waiting for process ${holder.pid} on ${holder.host}, which is making ${key}`),
  );
  return withLock(
    join(root, ".locks", key),
    async () => {
      if (await exists(entry)) return entry;
      await sweep(staging, key);
      const staged = join(staging, `${key}@${randomUUID()}`);
      await mkdir(staged, { recursive: true });
      try {
        await produce(staged);
        await rename(staged, entry);
      } catch (cause) {
        await rm(staged, { recursive: true, force: true });
        throw cause;
      }
      return entry;
    },
    { waiting },
  );
}

/** Removes what killed runs left: of this key at once, since its lock is ours; of others after a day. */
async function sweep(staging: string, key: string): Promise<void> {
  const names = await readdir(staging).catch(() => []);
  for (const name of names) {
    const path = join(staging, name);
    const abandoned = name.slice(0, name.lastIndexOf("@")) === key || (await ageOf(path)) > dayMs;
    if (abandoned) await rm(path, { recursive: true, force: true });
  }
}

function checked(key: string): string {
  if (keyPattern.test(key)) return key;
  throw new Error(
    `"${key}" cannot name a cache entry: 1 to 200 letters, digits, ".", "_", "+" and "-" were expected, the first a letter or digit`,
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cause;
  }
}

async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found ? Date.now() - found.mtimeMs : 0;
}

function everyTenSeconds<T>(tell: (value: T) => void): (value: T) => void {
  let next = 0;
  return (value) => {
    if (Date.now() < next) return;
    next = Date.now() + 10_000;
    tell(value);
  };
}
