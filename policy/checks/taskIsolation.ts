import type { Context, Violation } from "../lib/check";
import { type Job, jobCheck, tasksOf } from "../lib/job";

export function rawExecTasks(job: Job, context: Context): Violation[] {
  return tasksOf(job, context)
    .filter(({ task }) => task.driver === "raw_exec")
    .map(
      ({ place }) =>
        `Task ${place} uses the driver raw_exec, which isolates nothing: it runs as the Nomad agent does. Use exec or ` +
        `docker, or allow it: no-raw-exec.allow in policy/allowances.ts.`,
    );
}

/** What is asked for by name. Nomad's own default for tasks without an image is the node's network, too. */
export function hostNetworkTasks(job: Job, context: Context): Violation[] {
  return tasksOf(job, context).flatMap(({ place, group, task }) => {
    const settings = [
      ["its task's network_mode", task.networkMode],
      ["its group's network mode", group.networkMode],
    ] as const;
    return settings
      .filter(([, mode]) => mode === "host" || mode?.startsWith("ns:"))
      .slice(0, 1)
      .map(
        ([where, mode]) =>
          `Task ${place} shares its node's network (${where} is ${mode}): it reaches every agent on loopback. Use the ` +
          `mode bridge and name the ports, or allow it: no-task-host-network.allow in policy/allowances.ts.`,
      );
  });
}

export const noRawExec = jobCheck("no-raw-exec", "No task uses the driver raw_exec, unless allowed.", rawExecTasks);

export const noTaskHostNetwork = jobCheck(
  "no-task-host-network",
  "No task asks for its node's network, unless allowed.",
  hostNetworkTasks,
);
