import type { GateRequest, Requirement, ServerRef } from "./requirement";

/**
 * Says what to show to whom: Consul's token to Consul's servers, Nomad's to Nomad's, none to anybody else.
 *
 * @returns headers for a URL
 */
export function headersFor({ requirements, access }: GateRequest): (url: string) => Record<string, string> {
  const headers = new Map<string, Record<string, string>>();
  for (const requirement of requirements) {
    const [name, token] =
      productOf(requirement) === "consul"
        ? (["x-consul-token", access?.consulToken] as const)
        : (["x-nomad-token", access?.nomadToken] as const);
    for (const { url } of serversOf(requirement)) {
      headers.set(new URL(url).origin, token === undefined ? {} : { [name]: token });
    }
  }
  return (url) => headers.get(new URL(url).origin) ?? {};
}

function productOf(requirement: Requirement): "consul" | "nomad" {
  switch (requirement.kind) {
    case "server-joined":
    case "quorum":
      return requirement.product;
    case "consul-members":
    case "ingress":
      return "consul";
    case "nomad-keyring":
    case "nomad-clients":
      return "nomad";
    default:
      return requirement satisfies never;
  }
}

function serversOf(requirement: Requirement): readonly ServerRef[] {
  switch (requirement.kind) {
    case "server-joined":
      return [requirement.server, ...requirement.peers];
    case "ingress":
      return requirement.consul;
    default:
      return requirement.servers;
  }
}
