import { setTimeout as sleep } from "node:timers/promises";

/**
 * Tries until it works or time is up: a cluster that has just elected its leader refuses some calls for a moment.
 *
 * @param what is named when time is up: "Consul's tokens"
 * @throws Error with the last reason
 */
export async function retry<T>(seconds: number, what: string, work: (attempt: number) => Promise<T>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (Date.now() >= deadline) {
        throw new Error(`${what}: no success within ${seconds} s; at last: ${(error as Error).message}`);
      }
      await sleep(Math.min(200 * 1.5 ** Math.min(attempt, 6), Math.max(0, deadline - Date.now())));
    }
  }
}
