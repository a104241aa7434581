import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../api/request";
import { type DrainRequest, drain } from "./drain";

/**
 * The process that empties a client before it is removed. It never fails: whoever destroys a cluster that does not
 * answer any more must be able to, and Nomad starts the tasks of a lost client elsewhere.
 */
async function main(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as DrainRequest;
  const { ca, token, node } = request;
  const say = (line: string) => console.error(line);
  try {
    const became = await drain(request, {
      ask: (url, method, body) =>
        ask(url, { method, body, ca, headers: token ? { "x-nomad-token": token } : {}, timeoutMs: 5000 }),
      now: () => performance.now(),
      sleep: (milliseconds) => sleep(milliseconds),
      say,
    });
    say(became);
  } catch (error) {
    say(`${node} could not be drained, its tasks stop with it: ${(error as Error).message}`);
  }
}

main();
