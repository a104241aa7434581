import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../components/api/request";
import type { Report } from "../../offline/report";
import { localContainers } from "./containers";
import { nomadAccess } from "./credentials";
import { pulumi, pulumiQuietly } from "./pulumi";
import type { Stack } from "./stack";
import { recordedContainers, recordedJobs, type StackState } from "./state";

/** Starts the cluster's containers that were killed: an engine leaves those alone, whatever their restart policy. */
async function startStopped(stack: Stack, report: Report): Promise<void> {
  for (const { containers, docker } of await localContainers(stack, "status=exited")) {
    const names = containers.map(({ name }) => name);
    if (names.length > 0) {
      report(`starting what was stopped: ${names.join(", ")}`);
      await docker("start", ...names);
    }
  }
}

async function nomadAnswers(stack: Stack, seconds: number): Promise<boolean> {
  const url = `${stack.topology.nomadServers[0]?.url}/v1/status/leader`;
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask(url, { ...(await nomadAccess(stack)), timeoutMs: 2000 });
    if (answer.status === 200) {
      return true;
    }
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(200);
  }
}

/**
 * Brings agents that died back to where Pulumi can look at the whole stack: it asks Nomad about every job before it
 * re-creates the container that Nomad ran in, and would fail there.
 */
export async function heal(stack: Stack, state: StackState, report: Report): Promise<string | undefined> {
  const containers = recordedContainers(state);
  if (containers.length > 0) {
    await startStopped(stack, report);
  }
  if (recordedJobs(state).length === 0 || (await nomadAnswers(stack, 20))) {
    return undefined;
  }
  report("Nomad does not answer: its agents are looked at and brought back first");
  const targets = containers.flatMap(({ urn }) => ["--target", urn]);
  const refreshed = await pulumi(stack, ["refresh", "--yes", "--skip-preview", "--stack", stack.name, ...targets]);
  const code = refreshed || (await pulumi(stack, ["up", "--yes", "--skip-preview", "--stack", stack.name]));
  if (code !== 0) {
    throw new Error(`The agents could not be brought back: pulumi ended with ${code}; its own message stands above.`);
  }
  return "agents brought back";
}

/** Lets go of jobs that nobody can deregister any more, because the Nomad that ran them is gone for good. */
export async function forgetUnreachableJobs(stack: Stack, state: StackState, report: Report): Promise<void> {
  const jobs = recordedJobs(state);
  if (jobs.length === 0) {
    return;
  }
  await startStopped(stack, report);
  if (await nomadAnswers(stack, 20)) {
    return;
  }
  report("Nomad does not answer: its jobs go with it");
  // The last first: what waits for Fabio's job are gates and providers, which nobody will miss, and other jobs.
  for (const { urn } of [...jobs].reverse()) {
    await pulumiQuietly(stack, ["state", "delete", urn, "--target-dependents", "--yes", "--stack", stack.name]);
  }
}
