import { rm } from "node:fs/promises";
import { stopEngine } from "../offline/engine";
import { takeDown } from "./lib/down";
import { main } from "./lib/main";
import { local, paths } from "./lib/paths";
import { dropSalt } from "./lib/salt";
import { readStack } from "./lib/stack";
import { runSteps } from "./lib/steps";

main(async () => {
  const stack = await readStack();
  await takeDown(stack);
  await runSteps([
    {
      title: "Forget what this checkout keeps",
      async run(report) {
        const stopped = await stopEngine({ directory: paths.engine, report });
        await dropSalt(stack.name);
        await rm(local, { recursive: true, force: true });
        return stopped ? "the Docker engine that was started here is stopped too" : undefined;
      },
    },
  ]);
  return 0;
});
