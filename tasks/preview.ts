import { main } from "./lib/main";
import { pulumiSteps } from "./lib/prepare";
import { pulumi } from "./lib/pulumi";
import { readStack } from "./lib/stack";
import { runSteps } from "./lib/steps";

main(async () => {
  const stack = await readStack();
  await runSteps(pulumiSteps(stack));
  return pulumi(stack, ["preview", "--diff", "--stack", stack.name]);
});
