import { setTimeout as sleep } from "node:timers/promises";

/** Waits for what becomes true shortly after a change, such as a route. */
export async function eventually<T>(check: () => Promise<T>, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await sleep(250);
    }
  }
}
