import { existsSync } from "node:fs";
import { join } from "node:path";
import { main } from "./lib/main";
import { paths } from "./lib/paths";
import { recoverStep } from "./lib/prepare";
import { hasState, pulumi } from "./lib/pulumi";
import { readStack } from "./lib/stack";
import { runSteps } from "./lib/steps";

main(async () => {
  const stack = await readStack();
  if (!hasState(stack) || !existsSync(join(paths.bin, "pulumi"))) {
    console.log(`Stack ${stack.name} was never brought up from this checkout: there is nothing to take down.`);
    return 0;
  }
  await runSteps([
    recoverStep(stack),
    {
      title: "pulumi destroy",
      async run() {
        const code = await pulumi(stack, ["destroy", "--yes", "--skip-preview", "--refresh", "--stack", stack.name]);
        if (code !== 0) {
          throw new Error(`pulumi destroy ended with ${code}; run the same command again: it continues.`);
        }
        return undefined;
      },
    },
  ]);
  return 0;
});
