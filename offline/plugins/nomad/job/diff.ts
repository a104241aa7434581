import {
  type Before,
  type Change,
  type Context,
  type DiffResult,
  UNKNOWN,
  Unknown,
  type Values,
} from "../../kit/definition";
import { type NomadClient, NomadUnreachable } from "../client";
import type { ApiJob } from "./api";
import { flattenSpec } from "./flatten";
import { identityOffline, type Jobspec, jobspecOf, parseJobspec, sameJob } from "./jobspec";
import { jobOutputs } from "./properties";

/** Whether anything that decides how the jobspec reads is not known yet. */
function isOpen(inputs: Values): boolean {
  const hcl2 = inputs.hcl2;
  if (inputs.jobspec instanceof Unknown || inputs.json instanceof Unknown || hcl2 instanceof Unknown) return true;
  const vars = (hcl2 as Values | null | undefined)?.vars;
  if (vars instanceof Unknown) return true;
  return Object.values((vars ?? {}) as Values).some((value) => value instanceof Unknown);
}

/**
 * The diff of a job. A jobspec that reads the same is no change; another ID or namespace replaces; a job that somebody
 * registered behind the state's back has to be refreshed first, since the diff would hide what they did.
 */
export async function diffJob(
  before: Before<Values>,
  news: Values,
  context: Context<NomadClient>,
  compare: () => DiffResult,
): Promise<DiffResult> {
  const { state } = before;
  let changes = compare().changes;
  if (state.status === "dead" && news.rerunIfDead === true) {
    changes = [...changes, { path: "status", kind: "update" }];
  }
  if (isOpen(news)) return { changes };
  const spec = jobspecOf(news);
  const reread = changes.some(({ path }) => path === "jobspec");
  // Both are read with the new settings, as the official provider does.
  if (reread && (await sameJob(context.config, { ...spec, source: state.jobspec as string }, spec))) {
    return { changes: changes.filter(({ path }) => path !== "jobspec") };
  }
  if (!changes.some(({ path }) => /^(jobspec|json|hcl2)\b/.test(path))) return { changes };

  const job = await parseIfReachable(context.config, spec);
  const { id, namespace } = job ? identity(job) : identityOffline(spec);
  const replaced = replacement(state, news, id, namespace);
  if (replaced) return { changes: [...changes, replaced] };
  if (reread && job && id === state.name && state.modifyIndex !== undefined)
    await checkIndex(context, job, state, news);
  return { changes };
}

/** Outputs as far as a preview can tell. */
export async function planJob(
  before: Before<Values> | undefined,
  news: Values,
  { config: client }: Context<NomadClient>,
): Promise<{ outputs: Values }> {
  const unknown: Values = Object.fromEntries(Object.keys(jobOutputs).map((name) => [name, UNKNOWN]));
  if (isOpen(news)) return { outputs: before ? { ...before.state, ...inputsOf(news), ...unknown } : unknown };
  const spec = jobspecOf(news);
  const job = await parseIfReachable(client, spec, true);
  const { id = UNKNOWN, namespace = UNKNOWN } = job ? identity(job) : identityOffline(spec);
  const planned: Values = job ? specOutputs(job) : { name: id, namespace };
  if (!before) return { outputs: { ...unknown, ...planned } };
  // A preview that cannot see the cluster must not take the old groups for the new ones.
  const hidden = job ? {} : { taskGroups: UNKNOWN, datacenters: UNKNOWN, type: UNKNOWN };
  const rerun = before.state.status === "dead" && news.rerunIfDead === true ? { status: UNKNOWN } : {};
  return {
    outputs: {
      ...before.state,
      ...inputsOf(news),
      ...hidden,
      ...planned,
      ...rerun,
      modifyIndex: UNKNOWN,
      allocationIds: news.readAllocationIds === true ? UNKNOWN : undefined,
    },
  };
}

/** The state's copy of inputs gives way to the new ones, and to their absence. */
function inputsOf(news: Values): Values {
  const names = ["deregisterOnDestroy", "deregisterOnIdChange", "detach", "hcl2", "jobspec", "json", "policyOverride"];
  names.push("preserveCounts", "purgeOnDestroy", "readAllocationIds", "rerunIfDead");
  return Object.fromEntries(names.map((name) => [name, name === "hcl2" ? (news.hcl2 ?? null) : news[name]]));
}

function specOutputs(job: ApiJob): Values {
  const outputs = flattenSpec(job) as Values;
  return {
    ...outputs,
    // Without any in the jobspec, the servers choose.
    ...(job.Datacenters?.length ? {} : { datacenters: UNKNOWN }),
  };
}

function identity(job: ApiJob): { id?: string; namespace?: string } {
  return { id: job.ID ?? undefined, namespace: job.Namespace || "default" };
}

function replacement(
  state: Values,
  news: Values,
  id: string | undefined,
  namespace: string | undefined,
): Change | undefined {
  if (namespace !== undefined && state.namespace !== namespace) {
    return { path: "namespace", kind: "update", replaces: true };
  }
  if (id !== undefined && state.name !== id && news.deregisterOnIdChange !== false) {
    return { path: "name", kind: "update", replaces: true };
  }
  return undefined;
}

async function parseIfReachable(client: NomadClient, spec: Jobspec, canonical = false): Promise<ApiJob | undefined> {
  try {
    return await parseJobspec(client, spec, canonical);
  } catch (error) {
    if (error instanceof NomadUnreachable) return undefined;
    throw error;
  }
}

/** Has Nomad plan the job. What it cannot plan is no error here: registering will tell. */
async function checkIndex(context: Context<NomadClient>, job: ApiJob, state: Values, news: Values): Promise<void> {
  const namespace = job.Namespace || "default";
  let index: number;
  try {
    const plan = await context.config.put<{ JobModifyIndex: number }>(
      `/v1/job/${encodeURIComponent(job.ID as string)}/plan`,
      { Job: { ...job, Namespace: namespace }, Diff: false, PolicyOverride: news.policyOverride === true },
      { query: { namespace }, signal: context.signal },
    );
    index = plan.JobModifyIndex;
  } catch (error) {
    context.log("debug", `Nomad could not plan the job: ${(error as Error).message}`);
    return;
  }
  if (String(index) === state.modifyIndex) return;
  throw new Error(
    `job modify index has changed since last refresh: the state knows ${state.modifyIndex}, Nomad has ${index}, so ` +
      `somebody registered or stopped ${job.ID} in between; run "pulumi refresh", or this command with --refresh`,
  );
}
