import { resourceTokens, tokens } from "../../components/tokens";
import { type Context, parentType, type ResourceCheck, type Violation } from "../lib/check";
import { type Job, jobCheck, readJob, tasksOf } from "../lib/job";

export const readableJobs: ResourceCheck = {
  name: "readable-jobs",
  description: "Every job can be read by the policies.",
  types: [resourceTokens.job],
  async check(resource) {
    // Fabio's own is rendered by this program, and held to tests there.
    if (parentType(resource.urn) === tokens.fabioJob) return [];
    const { problems } = await readJob(resource);
    return problems.map((problem) => `Job ${resource.name} cannot be judged: ${problem}`);
  },
};

/** Without them Nomad reserves 100 MHz and 300 MB, and a task that needs more is killed on a node that looked free. */
export function tasksWithoutResources(job: Job, context: Context): Violation[] {
  return tasksOf(job, context).flatMap(({ place, task: { resources } }) => {
    const missing = [
      ...(resources?.cpu === undefined && resources?.cores === undefined ? ["cpu (or cores)"] : []),
      ...(resources?.memory === undefined ? ["memory"] : []),
    ];
    return missing.length > 0
      ? [`Task ${place} does not say what it needs: add ${missing.join(" and ")} to its resources block.`]
      : [];
  });
}

/** A service without a check counts as healthy for as long as its allocation runs. */
export function servicesWithoutChecks({ id, groups }: Job, { allow }: Context): Violation[] {
  return groups.flatMap((group) =>
    group.services
      .filter(({ checks }) => checks === 0)
      .map(({ name, task }) => ({ name: name ?? "(unnamed)", place: [id, group.name, task].filter(Boolean).join("/") }))
      .filter(({ name, place }) => ![id, place, name].some((each) => allow.includes(each)))
      .map(
        ({ name, place }) =>
          `Service ${name} of ${place} has no check: it gets traffic whether it answers or not. Add a check block.`,
      ),
  );
}

export const taskResources = jobCheck("task-resources", "Every task says what it needs.", tasksWithoutResources);

export const serviceChecks = jobCheck("service-checks", "Every service has a check.", servicesWithoutChecks);
