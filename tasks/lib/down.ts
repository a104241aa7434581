import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "../../offline/engine";
import { forgetUnreachableJobs } from "./heal";
import { paths } from "./paths";
import { hasState, pulumi } from "./pulumi";
import { recover } from "./recover";
import { type Stack, usesLocalEngine } from "./stack";
import { runSteps } from "./steps";

/** Destroys a stack with everything that belongs to it. */
export async function takeDown(stack: Stack): Promise<void> {
  if (!hasState(stack) || !existsSync(join(paths.bin, "pulumi"))) {
    console.log(`Stack ${stack.name} was never brought up from this checkout: there is nothing to take down.`);
    return;
  }
  const engine = {
    title: "Docker engine",
    async run(report: (message: string) => void) {
      const { version, origin } = await ensureEngine({ directory: paths.engine, report });
      return `Docker ${version} ${origin}`;
    },
  };
  await runSteps([
    ...(usesLocalEngine(stack) ? [engine] : []),
    {
      title: "What earlier runs left",
      async run(report) {
        const { state, done } = await recover(stack, report);
        if (state) {
          await forgetUnreachableJobs(stack, state, report);
        }
        return done ?? "nothing";
      },
    },
    {
      title: "pulumi destroy",
      async run() {
        const code = await pulumi(stack, ["destroy", "--yes", "--skip-preview", "--stack", stack.name]);
        if (code !== 0) {
          throw new Error(`pulumi destroy ended with ${code}; run the same command again: it continues.`);
        }
        return undefined;
      },
    },
  ]);
}
