import { planJobs } from "../../components/jobs/plan";
import { resourceTokens } from "../../components/tokens";
import type { NomadPlan } from "./nomadPlan";
import type { Preview, ResourceState } from "./preview";
import { redacted, unknownShown } from "./redact";
import { type Change, sortSteps } from "./steps";
import { imageChanges, type VersionChange } from "./versions";

/** A job as it is registered: its file and the values of its variables. */
export interface JobText {
  readonly jobspec: string;
  readonly vars: Readonly<Record<string, string>>;
}

/** A job that the update touches. */
export interface JobChange {
  readonly name: string;
  readonly action: "registered" | "changed" | "deregistered and registered anew" | "deregistered";
  readonly before?: JobText;
  readonly after?: JobText;
  /** Set where the preview does not show the file. */
  readonly hidden?: string;
  /** Properties that differ besides. */
  readonly reasons: readonly string[];
  readonly images: readonly VersionChange[];
  /** What Nomad says it would do. */
  readonly plan?: NomadPlan;
}

const actions: Readonly<Record<Change["kind"], JobChange["action"]>> = {
  create: "registered",
  update: "changed",
  replace: "deregistered and registered anew",
  delete: "deregistered",
};

/** Jobs that the changes touch, by name. */
export async function jobChanges(
  changes: readonly Change[],
  plans: ReadonlyMap<string, NomadPlan>,
): Promise<JobChange[]> {
  const jobs = changes.filter(({ place }) => place.type === resourceTokens.job);
  return Promise.all(
    jobs.map(async ({ place: { name }, kind, before, after, reasons }): Promise<JobChange> => {
      const [old, now] = [before && jobText(before), after && jobText(after)];
      const unseen = (before && old === undefined) || (after && now === undefined);
      const plan = plans.get(name);
      return {
        name,
        action: actions[kind],
        ...(old ? { before: old } : {}),
        ...(now ? { after: now } : {}),
        ...(unseen ? { hidden: "the preview hides its file: it is secret, or known after the update" } : {}),
        reasons: reasons.filter((path) => !/^(jobspec|hcl2)\b/.test(path)),
        images: imageChanges(name, await imagesOf(name, old), await imagesOf(name, now)),
        ...(plan ? { plan } : {}),
      };
    }),
  );
}

/** Jobs as they would be registered, by name: those that the update touches and the preview shows. */
export function plannedJobs(preview: Preview): Map<string, JobText> {
  return new Map(
    sortSteps(preview).changes.flatMap(({ place, after }) => {
      const job = place.type === resourceTokens.job && after ? jobText(after) : undefined;
      return job ? [[place.name, job] as const] : [];
    }),
  );
}

/** The job that a state describes; undefined where it does not show it. */
export function jobText({ inputs }: ResourceState): JobText | undefined {
  const { jobspec, hcl2 } = inputs;
  if (typeof jobspec !== "string" || jobspec === redacted || jobspec === unknownShown) {
    return undefined;
  }
  const vars = (hcl2 as { vars?: unknown } | undefined)?.vars;
  const entries = typeof vars === "object" && vars !== null ? Object.entries(vars) : [];
  return {
    jobspec,
    vars: Object.fromEntries(
      entries
        .filter(([name]) => name !== "__defaults")
        .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  };
}

/** Images as far as the text tells them; none of a job that this project's own checks would not let through. */
async function imagesOf(name: string, job: JobText | undefined): Promise<readonly string[]> {
  if (job === undefined) {
    return [];
  }
  const source = { name, path: `jobs/${name}.nomad.hcl`, text: job.jobspec };
  const { jobs } = await planJobs({ [name]: { vars: job.vars } }, [source]);
  return jobs.flatMap(({ images }) => images);
}
