import type { ParsedConfig } from "./config/parse";
import { ConfigurationError } from "./config/problem";
import type { JobSource } from "./jobs/jobFile";
import { type JobPlan, planJobs } from "./jobs/plan";
import { planTopology, type Topology } from "./topology";

/** Everything that a run of this program will do, as plain data. */
export interface StackPlan {
  readonly topology: Topology;
  readonly jobs: readonly JobPlan[];
}

/**
 * Plans a whole stack from its configuration and the job files.
 * @throws ConfigurationError with every problem of both at once.
 */
export async function planStack(parsed: ParsedConfig, sources: readonly JobSource[]): Promise<StackPlan> {
  const { jobs, problems } = await planJobs(parsed.chosenJobs, sources);
  if (parsed.config === undefined || problems.length > 0) {
    throw new ConfigurationError([...parsed.problems, ...problems]);
  }
  return { topology: planTopology(parsed.config), jobs };
}
