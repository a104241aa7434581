import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../components/api/request";
import { run } from "../../offline/command";
import type { Report } from "../../offline/report";
import { nomadAccess } from "./credentials";
import { pulumi, pulumiQuietly } from "./pulumi";
import { localHosts, type Stack } from "./stack";

const containerType = "docker:index/container:Container";
const jobType = "nomad:index/job:Job";

interface Exported {
  readonly deployment: { readonly resources?: readonly { readonly type: string; readonly urn: string }[] };
}

/** URNs of the stack's containers and jobs, from one export of its state. */
async function recordedIn(stack: Stack): Promise<{ containers: string[]; jobs: string[] }> {
  const exported = JSON.parse(await pulumiQuietly(stack, ["stack", "export", "--stack", stack.name])) as Exported;
  const resources = exported.deployment.resources ?? [];
  const urns = (type: string) => resources.filter((resource) => resource.type === type).map(({ urn }) => urn);
  return { containers: urns(containerType), jobs: urns(jobType) };
}

/** Starts the cluster's containers that were killed: an engine leaves those alone, whatever their restart policy. */
async function startStopped(stack: Stack, report: Report): Promise<void> {
  for (const { name, substrate } of localHosts(stack)) {
    const labels = [`label=hashistack.cluster=${stack.topology.cluster.name}`, `label=hashistack.host=${name}`];
    const filters = [...labels, "status=exited"].flatMap((filter) => ["--filter", filter]);
    const docker = (...args: string[]) => run("docker", ["--host", substrate.endpoint, ...args]);
    const names = (await docker("ps", "--all", "--format", "{{.Names}}", ...filters)).split("\n").filter(Boolean);
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
export async function heal(stack: Stack, report: Report): Promise<string | undefined> {
  const { containers, jobs } = await recordedIn(stack);
  if (containers.length > 0) {
    await startStopped(stack, report);
  }
  if (jobs.length === 0 || (await nomadAnswers(stack, 20))) {
    return undefined;
  }
  report("Nomad does not answer: its agents are looked at and brought back first");
  const targets = containers.flatMap((urn) => ["--target", urn]);
  const refreshed = await pulumi(stack, ["refresh", "--yes", "--skip-preview", "--stack", stack.name, ...targets]);
  const code = refreshed || (await pulumi(stack, ["up", "--yes", "--skip-preview", "--stack", stack.name]));
  if (code !== 0) {
    throw new Error(`The agents could not be brought back: pulumi ended with ${code}; its own message stands above.`);
  }
  return "agents brought back";
}

/** Lets go of jobs that nobody can deregister any more, because the Nomad that ran them is gone for good. */
export async function forgetUnreachableJobs(stack: Stack, report: Report): Promise<void> {
  const { jobs } = await recordedIn(stack);
  if (jobs.length === 0) {
    return;
  }
  await startStopped(stack, report);
  if (await nomadAnswers(stack, 20)) {
    return;
  }
  report("Nomad does not answer: its jobs go with it");
  for (const urn of jobs) {
    await pulumiQuietly(stack, ["state", "delete", urn, "--yes", "--stack", stack.name]);
  }
}
