import { isDeepStrictEqual } from "node:util";
import type { Value, Values } from "../../kit/definition";
import type { NomadClient } from "../client";
import type { ApiAllocationStub, ApiJob, ApiSubmission } from "./api";
import { flattenJob } from "./flatten";
import { storedHcl2 } from "./properties";

/** Which job to look at, and what is known of it. */
export interface Target {
  readonly id: string;
  readonly namespace: string;
  readonly readAllocationIds: boolean;
  /** Jobspec and HCL2 settings as the program or the state has them; Nomad's own record of them wins. */
  readonly known: { readonly jobspec?: string; readonly hcl2?: Values | null };
}

/** A job as it is in the cluster, as outputs; undefined if Nomad has forgotten it. A stopped job is still there. */
export async function readJob(client: NomadClient, target: Target, signal: AbortSignal): Promise<Values | undefined> {
  const path = `/v1/job/${encodeURIComponent(target.id)}`;
  const query = { namespace: target.namespace };
  const job = await client.find<ApiJob>(path, { query, signal, exactIntegers: true });
  if (job === undefined) return undefined;
  const submission = await client.find<ApiSubmission>(`${path}/submission`, {
    query: { ...query, version: job.Version ?? 0 },
    signal,
  });
  return {
    ...(flattenJob(job) as Values),
    ...submitted(submission, target.known),
    allocationIds: target.readAllocationIds ? await allocationIds(client, path, query, signal) : undefined,
  };
}

/** Somebody may have registered another version by hand: then the jobspec of the state is theirs. */
function submitted(submission: ApiSubmission | undefined, known: Target["known"]): Values {
  const hcl2 = known.hcl2 ?? null;
  if (!submission?.Source) return { jobspec: known.jobspec, hcl2 };
  const vars = submission.VariableFlags ?? {};
  const same = submission.Format !== "hcl2" || isDeepStrictEqual(vars, { ...(hcl2?.vars as Values | undefined) });
  return {
    jobspec: submission.Source,
    hcl2: same ? hcl2 : storedHcl2({ allowFs: (hcl2?.allowFs as boolean | undefined) ?? false, vars }),
  };
}

async function allocationIds(
  client: NomadClient,
  path: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<Value> {
  const allocations = await client.get<ApiAllocationStub[]>(`${path}/allocations`, {
    query: { ...query, all: false },
    signal,
  });
  return allocations.map(({ ID }) => ID);
}
