import { consulMembers, ingress, nomadClients, nomadKeyring } from "./cluster";
import type { Condition } from "./condition";
import { quorum, serverJoined } from "./raft";
import type { Requirement } from "./requirement";

/** The written list of what "healthy" means: each requirement as the conditions that are checked. */
export function conditionsOf(requirement: Requirement): Condition[] {
  switch (requirement.kind) {
    case "server-joined":
      return [serverJoined(requirement)];
    case "quorum":
      return quorum(requirement);
    case "consul-members":
      return [consulMembers(requirement)];
    case "nomad-keyring":
      return [nomadKeyring(requirement)];
    case "nomad-clients":
      return [nomadClients(requirement)];
    case "ingress":
      return ingress(requirement);
    default:
      return requirement satisfies never;
  }
}
