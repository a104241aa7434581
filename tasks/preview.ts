import { main } from "./lib/main";
import { policyArguments } from "./lib/policy";
import { pulumiSteps } from "./lib/prepare";
import { pulumi } from "./lib/pulumi";
import { readStack } from "./lib/stack";
import { runSteps } from "./lib/steps";

main(async () => {
  const stack = await readStack();
  const policies = policyArguments(stack.topology.cluster);
  await runSteps(pulumiSteps(stack));
  return pulumi(stack, ["preview", "--diff", ...policies, "--stack", stack.name]);
});
