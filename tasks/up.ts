import { writeCredentials } from "./lib/credentials";
import { main } from "./lib/main";
import { machineSteps, pulumiSteps, recoverStep } from "./lib/prepare";
import { pulumi } from "./lib/pulumi";
import { readStack } from "./lib/stack";
import { runSteps } from "./lib/steps";
import { urlTable } from "./lib/urls";

main(async () => {
  const stack = await readStack();
  await runSteps([
    ...pulumiSteps(stack),
    ...machineSteps(stack),
    recoverStep(stack),
    {
      title: "pulumi up",
      async run() {
        // --refresh: what was stopped, killed or run by hand meanwhile is seen, and the program's truth wins.
        const code = await pulumi(stack, ["up", "--yes", "--skip-preview", "--refresh", "--stack", stack.name]);
        if (code !== 0) {
          const lost = ` Where a machine is gone for good: make forget HOST=… STACK=${stack.name}`;
          throw new Error(
            "pulumi up ended with " +
              `${code}; its own message stands above. Mend the cause and run the same command again: it continues.` +
              (stack.topology.hosts.length > 1 ? lost : ""),
          );
        }
        return undefined;
      },
    },
  ]);
  await writeCredentials(stack);
  console.log(`\nStack ${stack.name} is up.\n${urlTable(stack)}`);
  return 0;
});
