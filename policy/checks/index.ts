import type { Check } from "../lib/check";
import { readableJobs, serviceChecks, taskResources } from "./jobHygiene";
import { noOpenAgentApi } from "./openApi";
import { pinnedImages } from "./pinnedImages";
import { noPrivileged } from "./privileged";
import { protectedServers, serverCountsPolicy } from "./servers";
import { noRawExec, noTaskHostNetwork } from "./taskIsolation";

/** Every policy of the pack, in the order in which docs/policies.md names them. */
export const checks: readonly Check[] = [
  serverCountsPolicy,
  protectedServers,
  noOpenAgentApi,
  noPrivileged,
  noRawExec,
  noTaskHostNetwork,
  pinnedImages,
  taskResources,
  serviceChecks,
  readableJobs,
];
