import { contentsOf, type GroupContents, type TaskContents } from "../../components/jobs/contents";
import { parseJobFile } from "../../components/jobs/jobFile";
import { resourceTokens } from "../../components/tokens";
import type { Context, Resource, ResourceCheck, Violation } from "./check";

/** A job as Nomad would get it. */
export interface Job {
  /** Id in Nomad. */
  readonly id: string;
  readonly groups: readonly GroupContents[];
}

/** What came of reading a job: neither, where its text is not known yet. */
export interface JobRead {
  readonly job?: Job;
  readonly problems: readonly string[];
}

const read = new Map<string, Promise<JobRead>>();

/** Reads the job that a resource registers. Several policies look at one job: it is parsed once. */
export function readJob({ name, props }: Pick<Resource, "name" | "props">): Promise<JobRead> {
  const key = JSON.stringify([name, props.jobspec, props.json, props.hcl2]);
  const known = read.get(key);
  if (known !== undefined) {
    return known;
  }
  const reading = parse(name, props);
  read.set(key, reading);
  return reading;
}

async function parse(name: string, { jobspec, json, hcl2 }: Resource["props"]): Promise<JobRead> {
  if (typeof jobspec !== "string") {
    return { problems: [] };
  }
  if (json === true) {
    return { problems: ["it is written in JSON, which the policies cannot read; write it in HCL"] };
  }
  const { file, problems } = await parseJobFile({ name, path: `job ${name}`, text: jobspec });
  if (file === undefined) {
    return { problems: problems.map(({ where, message }) => `${where}: ${message}`) };
  }
  const { vars = {} } = (hcl2 ?? {}) as { vars?: Record<string, string> };
  return { job: { id: file.id, groups: contentsOf(file, vars) }, problems: [] };
}

/** A check of jobs. One that cannot be read is told of by `readable-jobs`, and only there. */
export function jobCheck(
  name: string,
  description: string,
  check: (job: Job, context: Context) => readonly Violation[],
): ResourceCheck {
  return {
    name,
    description,
    types: [resourceTokens.job],
    async check(resource, context) {
      const { job } = await readJob(resource);
      return job === undefined ? [] : check(job, context);
    },
  };
}

/** Each task with its place, `job/group/task`, but for those that the configuration lets pass. */
export function tasksOf(
  { id, groups }: Job,
  { allow }: Context,
): { readonly place: string; readonly group: GroupContents; readonly task: TaskContents }[] {
  return groups
    .flatMap((group) => group.tasks.map((task) => ({ place: `${id}/${group.name}/${task.name}`, group, task })))
    .filter(({ place }) => !allow.includes(place) && !allow.includes(id));
}
