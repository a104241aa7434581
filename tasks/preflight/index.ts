import { gatherFacts } from "./facts";
import { type Finding, judge, type PreflightPlan } from "./judge";

export { type Finding, formatFindings, type PortWish, type PreflightPlan } from "./judge";

/** Looks at this machine and tells all that stands in the way of a stack, before anything of it is created. */
export async function preflight(plan: PreflightPlan): Promise<Finding[]> {
  return judge(plan, await gatherFacts(new Set(plan.ports.map(({ port }) => port))));
}
