/**
 * What the policies let pass in this project's stacks, by policy: names of jobs, of tasks as `job/group/task`, or of
 * other resources; for `no-open-agent-api` networks, too, such as `10.0.0.0/8`. Each entry says why.
 *
 * A file given with `--policy-pack-config` takes the place of these, policy by policy.
 */
export const allowances: Readonly<Record<string, readonly string[]>> = {
  // Agents in containers use their hosts' network and are not privileged: the policies about networks and drivers speak
  // of jobs' tasks alone, and no job of this project needs to be let pass.
};
