import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "../../offline/engine";
import { confirm } from "./confirm";
import { sharedBackend } from "./environment";
import { forgetUnreachableJobs } from "./heal";
import { paths } from "./paths";
import { pulumiSteps } from "./prepare";
import { hasState, pulumi, pulumiQuietly } from "./pulumi";
import { recover } from "./recover";
import { type Stack, usesLocalEngine } from "./stack";
import { nameOf, protectedResources } from "./state";
import { runSteps } from "./steps";

/** Destroys a stack with everything that belongs to it. */
export async function takeDown(stack: Stack): Promise<void> {
  if (sharedBackend() !== undefined) {
    await runSteps(pulumiSteps(stack));
  } else if (!(await hasState(stack)) || !existsSync(join(paths.bin, "pulumi"))) {
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
          await confirmLoss(stack, protectedResources(state));
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

/**
 * Lifts the protection of servers' data, which keeps a plain `pulumi destroy` from deleting it. Whoever types this command
 * has named the stack; a person at a terminal is asked once more all the same.
 */
async function confirmLoss(stack: Stack, held: readonly { readonly urn: string }[]): Promise<void> {
  if (held.length === 0) {
    return;
  }
  const names = held.map(({ urn }) => nameOf(urn)).sort();
  console.error(`Stack ${stack.name} is protected. Servers' data goes for good with: ${names.join(", ")}`);
  await confirm(stack.name, "the stack's name", "nothing was taken down");
  await pulumiQuietly(stack, ["state", "unprotect", "--all", "--yes", "--stack", stack.name]);
}
