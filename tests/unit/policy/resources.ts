import type { Context, Resource } from "../../../policy/lib/check";
import { type Job, readJob } from "../../../policy/lib/job";

export const strict: Context = { sandbox: false, allow: [] };

export function allowing(...allow: string[]): Context {
  return { ...strict, allow };
}

/** A resource whose URN says which component it belongs to. */
export function resource(type: string, name: string, parent: string, rest: Partial<Resource> = {}): Resource {
  const urn = `urn:pulumi:prod::hashistack::hashistack:index:Cluster$${parent}$${type}::${name}`;
  return { urn, type, name, props: {}, protect: false, ...rest };
}

/** A job with one group `g` whose task `t` runs an image in Docker, unless said otherwise. */
export async function jobOf(group: string, vars: Record<string, string> = {}, variables = ""): Promise<Job> {
  const jobspec = `${variables}\njob "web" {\n  group "g" {\n${group}\n  }\n}`;
  const { job, problems } = await readJob({ name: "web", props: { jobspec, hcl2: { vars } } });
  if (job === undefined) {
    throw new Error(problems.join("\n"));
  }
  return job;
}

/** A task `t` with this in its body. */
export function task(body: string): string {
  return `task "t" {\n${body}\n}`;
}

/** A task `t` in Docker with this in its driver's configuration. */
export function dockerTask(config: string): string {
  return task(`driver = "docker"\nconfig {\n${config}\n}`);
}
