import { resourceTokens } from "../../components/tokens";
import type { Context, Resource, ResourceCheck, Violation } from "../lib/check";
import { type Job, readJob, tasksOf } from "../lib/job";

/** Every capability is what `privileged` gives, by another name. */
const isAll = (capability: unknown) => /^(CAP_)?ALL$/i.test(String(capability));

export function privilegedContainer(
  { name, props }: Pick<Resource, "name" | "props">,
  { allow }: Context,
): Violation[] {
  const { privileged, capabilities } = props as { privileged?: unknown; capabilities?: { adds?: unknown[] } };
  const all = capabilities?.adds?.some(isAll);
  if (allow.includes(name) || !(privileged || all)) {
    return [];
  }
  const what = privileged ? "is privileged" : "has all capabilities";
  return [`Container ${name} ${what}: whoever runs in it is root on its machine. List the capabilities that it needs.`];
}

export function privilegedTasks(job: Job, context: Context): Violation[] {
  return tasksOf(job, context).flatMap(({ place, task }) => {
    const { privileged = "false", addedCapabilities } = task;
    const what =
      privileged !== "false"
        ? `privileged = ${privileged}`
        : addedCapabilities.some(isAll)
          ? `cap_add = ${addedCapabilities.join(", ")}`
          : undefined;
    return what
      ? [`Task ${place} has ${what}: it would be root on its node. List the capabilities that it needs in cap_add.`]
      : [];
  });
}

export const noPrivileged: ResourceCheck = {
  name: "no-privileged",
  description: "No container and no task is privileged.",
  types: [resourceTokens.container, resourceTokens.job],
  async check(resource, context) {
    if (resource.type === resourceTokens.container) {
      return privilegedContainer(resource, context);
    }
    const { job } = await readJob(resource);
    return job === undefined ? [] : privilegedTasks(job, context);
  },
};
