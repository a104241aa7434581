import { main } from "./lib/main";
import { machineSteps } from "./lib/prepare";
import { readStack } from "./lib/stack";
import { runSteps } from "./lib/steps";

main(async () => {
  await runSteps(machineSteps(await readStack()));
  return 0;
});
