import type { NomadClient } from "../client";
import { jobspecOf, parseJobspec } from "./jobspec";
import type { JobInputs } from "./properties";

/** What Nomad says to a registration. */
export interface Registered {
  readonly id: string;
  readonly namespace: string;
  /** Empty where nothing is scheduled: periodic and parameterized jobs. */
  readonly evaluationId: string;
  readonly warnings: string;
}

/**
 * Parses a jobspec and registers its job, over whatever is registered under its ID. The jobspec itself is stored
 * beside the job, as `nomad job run` does, so that a later refresh can tell whether somebody else changed it.
 */
export async function register(client: NomadClient, inputs: JobInputs, signal: AbortSignal): Promise<Registered> {
  const spec = jobspecOf(inputs);
  const job = await parseJobspec(client, spec);
  const namespace = job.Namespace || "default";
  const body = {
    Job: { ...job, Namespace: namespace },
    PolicyOverride: inputs.policyOverride ?? false,
    PreserveCounts: inputs.preserveCounts ?? false,
    Submission: { Source: spec.source, Format: spec.json ? "json" : "hcl2", VariableFlags: spec.vars },
  };
  const answer = await client.put<{ EvalID?: string; Warnings?: string }>("/v1/jobs", body, {
    query: { namespace },
    signal,
  });
  return {
    id: job.ID as string,
    namespace,
    evaluationId: answer.EvalID ?? "",
    warnings: answer.Warnings ?? "",
  };
}
