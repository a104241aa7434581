import { isAgent, roleOf } from "./agents";
import type { Preview } from "./preview";
import { plannedServers } from "./servers";
import { type Change, placeOf } from "./steps";

/**
 * Servers that go, and whose deletion Pulumi did not come to in a plan that it cut short: what is there depends on them, and
 * the stack does not name them any more.
 */
export function removedServers({ steps, config }: Preview, changes: readonly Change[]): Change[] {
  const planned = plannedServers(config);
  if (planned === undefined) {
    return [];
  }
  const seen = new Set(changes.map(({ place }) => place.urn));
  const depended = new Set(steps.flatMap(({ oldState }) => oldState?.dependencies ?? []));
  return [...depended]
    .filter((urn) => !seen.has(urn))
    .map(placeOf)
    .filter((place) => {
      const role = roleOf(place);
      return (
        isAgent(place) &&
        (role === "consul-server" || role === "nomad-server") &&
        !planned[role].some((host) => place.name === `${host}-${role}`)
      );
    })
    .map((place) => ({ place, kind: "delete", reasons: [] }));
}
