import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { stopEngine } from "../offline/engine";
import { takeDown } from "./lib/down";
import { main } from "./lib/main";
import { local, paths, root } from "./lib/paths";
import { statesFolder } from "./lib/pulumi";
import { runAttached } from "./lib/run";
import { dropSalt, holdsEncrypted } from "./lib/salt";
import { readStack } from "./lib/stack";
import { standingStacks } from "./lib/standing";
import { runSteps } from "./lib/steps";

main(async () => {
  const stack = await readStack();
  const others = (await standingStacks(statesFolder)).filter((each) => each.stack !== stack.name);
  if (others.length > 0) {
    throw new Error(
      [
        "This checkout keeps the state and the secrets of more that stands; without them nobody could manage it:",
        ...others.map((each) => `  - stack ${each.stack}, ${each.resources} resources: make down STACK=${each.stack}`),
        "Take that down first; nothing was changed.",
      ].join("\n"),
    );
  }
  if (await holdsEncrypted(stack.name)) {
    throw new Error(
      `Pulumi.${stack.name}.yaml holds values that are encrypted with the passphrase of this checkout ` +
        "(.hashistack/passphrase), which would go. Take them out first (pulumi config rm), or take the stack down and keep " +
        `the passphrase: make down STACK=${stack.name}. Nothing was changed.`,
    );
  }
  await takeDown(stack);
  // Its keys lie in the folder that goes. A link leads to another checkout's.
  if ((await lstat(join(local, "lab")).catch(() => undefined))?.isDirectory()) {
    const code = await runAttached("make", ["--no-print-directory", "lab-down"], { cwd: root });
    if (code !== 0) {
      throw new Error(`make lab-down ended with ${code}; run the same command again: it continues.`);
    }
  }
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
