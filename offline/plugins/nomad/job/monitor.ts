import { setTimeout as sleep } from "node:timers/promises";
import type { NomadClient } from "../client";
import type { ApiAllocationStub, ApiDeployment, ApiEvaluation } from "./api";
import { allocationFailures, placementFailures, progressOf } from "./reasons";

/** What to wait for, how long, and whom to tell. */
export interface Watch {
  readonly jobId: string;
  readonly namespace: string;
  /** The evaluation that registering the job started. */
  readonly evaluationId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes a passing line such as `nginx: deployment running, 0/1 healthy`. */
  readonly status: (message: string) => void;
  /** Takes a line that should stay on the screen. */
  readonly warn: (message: string) => void;
}

/** A job that was registered and did not come up. The message says why and what to do. */
export class DeploymentError extends Error {
  constructor(
    message: string,
    /** The deployment that failed, if there was one. */
    readonly deployment?: ApiDeployment,
  ) {
    super(message);
    this.name = "DeploymentError";
  }
}

const pollMs = 500;
const tellMs = 3000;

/**
 * Waits until the scheduler is done with a job and, where that started a deployment, until it is successful.
 *
 * @returns the deployment, or undefined for a job without one (batch jobs, `max_parallel = 0`, an unchanged job).
 * @throws DeploymentError if it fails or takes too long.
 */
export async function waitForDeployment(client: NomadClient, watch: Watch): Promise<ApiDeployment | undefined> {
  const deadline = Date.now() + watch.timeoutMs;
  const query = { namespace: watch.namespace };
  const tell = teller(watch);

  const evaluations = new Map<string, ApiEvaluation>();
  for (let id = watch.evaluationId; ; ) {
    const evaluation = await client.get<ApiEvaluation>(`/v1/evaluation/${id}`, { query, signal: watch.signal });
    evaluations.set(id, evaluation);
    if (evaluation.Status === "failed" || evaluation.Status === "canceled" || evaluation.Status === "cancelled") {
      throw new DeploymentError(
        `its evaluation ${evaluation.Status}: ${evaluation.StatusDescription || "Nomad gave no reason"}`,
      );
    }
    if (evaluation.Status === "complete") {
      if (!evaluation.NextEval) break;
      id = evaluation.NextEval;
      continue;
    }
    tell(`evaluation ${evaluation.Status}`);
    if (Date.now() > deadline) {
      throw new DeploymentError(`the scheduler did not get to it within ${inWords(watch.timeoutMs)}; ${moreTime}`);
    }
    await sleep(pollMs, undefined, { signal: watch.signal });
  }

  const last = [...evaluations.values()].at(-1) as ApiEvaluation;
  const unplaced = placementFailures([...evaluations.values()]);
  if (!last.DeploymentID) {
    for (const reason of unplaced) watch.warn(`registered, but not placed yet: ${reason}`);
    return undefined;
  }

  for (;;) {
    const deployment = await client.get<ApiDeployment>(`/v1/deployment/${last.DeploymentID}`, {
      query,
      signal: watch.signal,
    });
    if (deployment.Status === "successful") return deployment;
    const progress = progressOf(deployment);
    if (deployment.Status === "failed" || deployment.Status === "cancelled") {
      const why = await reasons(client, watch, deployment, unplaced);
      throw new DeploymentError(
        `${progress}: ${[deployment.StatusDescription, ...why].join("; ")}. Fix the job or the nodes and run again`,
        deployment,
      );
    }
    if (Date.now() > deadline) {
      const why = await reasons(client, watch, deployment, unplaced);
      const because = why.length > 0 ? `: ${why.join("; ")}` : "";
      throw new DeploymentError(
        `not healthy within ${inWords(watch.timeoutMs)} (${progress})${because}. ${moreTime}`,
        deployment,
      );
    }
    tell(unplaced.length > 0 ? `${progress}; ${unplaced.join("; ")}` : progress);
    await sleep(pollMs, undefined, { signal: watch.signal });
  }
}

const moreTime = "If it only needs longer, raise the resource's customTimeouts";

/** Says a line when it changes, and again every few seconds, so that a person sees that something is being done. */
function teller({ jobId, status }: Watch): (message: string) => void {
  let said = "";
  let at = 0;
  return (message) => {
    if (message === said && Date.now() - at < tellMs) return;
    said = message;
    at = Date.now();
    status(`${jobId}: ${message}`);
  };
}

/** Best effort: an error while looking for reasons must not hide the failure itself. */
async function reasons(
  client: NomadClient,
  watch: Watch,
  deployment: ApiDeployment,
  unplaced: readonly string[],
): Promise<string[]> {
  const options = { query: { namespace: watch.namespace }, signal: watch.signal };
  const [allocations, evaluations] = await Promise.all([
    client.get<ApiAllocationStub[]>(`/v1/deployment/allocations/${deployment.ID}`, options).catch(() => []),
    client
      .get<ApiEvaluation[]>(`/v1/job/${encodeURIComponent(watch.jobId)}/evaluations`, options)
      .then((all) => all.filter(({ DeploymentID }) => DeploymentID === deployment.ID))
      .catch(() => []),
  ]);
  const current = placementFailures(evaluations);
  return [...(current.length > 0 ? current : unplaced), ...allocationFailures(allocations)];
}

function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
