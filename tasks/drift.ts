import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { driftReport, foundDrift } from "./lib/drift";
import { main } from "./lib/main";
import { pulumiSteps } from "./lib/prepare";
import { hasState, pulumiCaptured } from "./lib/pulumi";
import { readStack, stackName } from "./lib/stack";
import { runSteps } from "./lib/steps";

/**
 * `npm run drift -- --stack prod --output drift.md`: asks every machine whether it still is as it was left. Ends with 0
 * where all is, 2 where something is not, 1 where that could not be found out. The file is empty where nothing drifted.
 */
main(async () => {
  const { values } = parseArgs({ options: { stack: { type: "string" }, output: { type: "string" } } });
  const stack = await readStack(values.stack ?? stackName());
  await runSteps(pulumiSteps(stack).slice(0, 2));
  if (!(await hasState(stack))) {
    throw new Error(`Stack ${stack.name} was never brought up: there is nothing that could have drifted.`);
  }
  const { code, stdout, stderr } = await pulumiCaptured(stack.name, [
    ...["preview", "--refresh", "--diff", "--expect-no-changes", "--color", "never", "--stack", stack.name],
  ]);
  const output = stdout + stderr;
  const drifted = foundDrift(code, output);
  const report = drifted ? driftReport(stack.name, output) : "";
  if (values.output === undefined) {
    console.log(output);
  } else {
    await writeFile(values.output, report);
  }
  console.error(drifted ? `Stack ${stack.name} has drifted.` : `Stack ${stack.name} is as it was left.`);
  return drifted ? 2 : 0;
});
