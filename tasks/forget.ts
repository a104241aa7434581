import { confirm } from "./lib/confirm";
import { answers, doorOf, recordedHosts, recordedOn, withoutMachine } from "./lib/lostMachine";
import { main } from "./lib/main";
import { pulumiSteps } from "./lib/prepare";
import { hasState } from "./lib/pulumi";
import { recover } from "./lib/recover";
import { readStack, type Stack } from "./lib/stack";
import { exportState, importState, nameOf } from "./lib/state";
import { runSteps, type Step } from "./lib/steps";

/**
 * `make forget HOST=client-3`: lets go of what the state records on a machine that is gone for good. Pulumi would have to
 * reach it to read or delete that.
 */
main(async () => {
  const stack = await readStack();
  const host = process.env.HOST;
  if (!host) {
    throw new Error(`Say which host's machine is gone for good: make forget HOST=client-3 STACK=${stack.name}`);
  }
  await refuseReachable(stack, host);
  await runSteps([...pulumiSteps(stack).slice(0, 2), whatWasLeft(stack)]);
  if (!(await hasState(stack))) {
    throw new Error(`Stack ${stack.name} was never brought up: there is nothing to forget.`);
  }
  const state = await exportState(stack);
  const lost = recordedOn(host, state);
  if (lost.length === 0) {
    const hosts = recordedHosts(state).join(", ") || "none";
    throw new Error(`Stack ${stack.name} records nothing on a host ${JSON.stringify(host)}; it does on: ${hosts}.`);
  }
  console.error(`What stack ${stack.name} records on ${host}: ${lost.map(({ urn }) => nameOf(urn)).join(", ")}`);
  await confirm(host, "the host's name", "nothing was forgotten");
  await importState(stack, withoutMachine(host, state), `What was on ${host} could not be forgotten`);
  const named = stack.topology.hosts.some(({ name }) => name === host);
  console.log(
    `Forgotten: ${lost.length} resources on ${host}. Next, make up STACK=${stack.name} ` +
      (named
        ? `installs it anew, on the machine that now has its address; if there will be none, take it out of the file first.`
        : `takes out what else belonged to it.`),
  );
  return 0;
});

/** What lies on a machine that answers can be removed in order. */
async function refuseReachable({ name: stackName, topology }: Stack, host: string): Promise<void> {
  const plan = topology.hosts.find(({ name }) => name === host);
  const door = plan && doorOf(plan);
  if (door === "this machine") {
    throw new Error(
      `${host} is this very machine, so it is not gone. make down STACK=${stackName} removes what is on it.`,
    );
  }
  if (typeof door === "object" && (await answers(door))) {
    throw new Error(
      `${host} answers at ${door.host}:${door.port}, so its machine is not gone. To remove it, take it out of ` +
        `Pulumi.${stackName}.yaml and run make up STACK=${stackName}: that drains it, and cleans it up.`,
    );
  }
}

function whatWasLeft(stack: Stack): Step {
  return {
    title: "What earlier runs left",
    run: async (report) => (await recover(stack, report)).done ?? "nothing",
  };
}
