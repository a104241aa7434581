import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait for what is still in use, and how often to look. */
const inUse = { limitMs: 50_000, everyMs: 1000 };

/** Repeats a step while its error says that something is only still in use, e.g. by jobs that are stopping. */
export async function whileInUse(step: () => Promise<void>, stillUsed: RegExp, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + inUse.limitMs;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!stillUsed.test((error as Error).message) || Date.now() > deadline) throw error;
      await sleep(inUse.everyMs, undefined, { signal });
    }
  }
}
