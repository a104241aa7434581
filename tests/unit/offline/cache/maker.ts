import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cached } from "../../../../offline/cache";

/** A process of its own that makes an entry: `maker.ts KEY LOG MILLISECONDS`. */
async function main([key = "", log = "", milliseconds = "0"]: readonly string[]): Promise<void> {
  const entry = await cached(
    key,
    async (directory) => {
      writeFileSync(join(directory, "half"), "");
      appendFileSync(log, `${process.pid} makes\n`);
      await sleep(Number(milliseconds));
      writeFileSync(join(directory, "whole"), String(process.pid));
    },
    () => undefined,
  );
  appendFileSync(log, `${process.pid} has ${entry}\n`);
}

void main(process.argv.slice(2));
