import { text } from "node:stream/consumers";
import { conditionsOf } from "./conditions";
import { headersFor } from "./headers";
import type { GateRequest } from "./requirement";
import { realWorld, waitFor } from "./wait";

/** The process behind a gate: reads a request from stdin, waits, and says what it waited for or what stayed unmet. */
async function main(): Promise<number> {
  const request = JSON.parse(await text(process.stdin)) as GateRequest;
  const conditions = request.requirements.flatMap(conditionsOf);
  const world = realWorld((line) => console.error(`${request.title}: ${line}`), {
    ca: request.access?.ca,
    headers: headersFor(request),
  });
  const { healthy, unmet } = await waitFor(conditions, world, request);
  if (healthy) {
    // Standard output lands in the state: the same words at every run.
    console.log(`${request.title}: ${conditions.map(({ name }) => name).join("; ")}`);
    return 0;
  }
  console.error(
    `${request.title}: not healthy after ${request.timeoutSeconds} s, ${unmet.length} of ${conditions.length} conditions unmet:`,
  );
  for (const { name, why } of unmet) {
    console.error(`  - ${name}: ${why}`);
  }
  console.error("Look at that agent's log, mend the cause and run `pulumi up` again: it continues here.");
  return 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`The gate could not do its work: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  },
);
