import { BlockList, isIP, isIPv6 } from "node:net";
import { resourceTokens } from "../../components/tokens";
import { type AgentFile, agentFilesOf } from "../lib/agentFiles";
import type { Context, Resource, ResourceCheck, Violation } from "../lib/check";

const loopback = ["127.0.0.0/8", "::1/128"];

/** What an agent's file says about its HTTP API. */
interface Api {
  readonly addresses: readonly string[];
  readonly tls: boolean;
  readonly acl: boolean;
}

interface Settings {
  readonly bind_addr?: string;
  readonly client_addr?: string;
  readonly addresses?: { readonly http?: string; readonly https?: string };
  readonly ports?: { readonly http?: number; readonly https?: number };
  readonly tls?: { readonly http?: boolean };
  readonly acl?: { readonly enabled?: boolean; readonly default_policy?: string };
}

function apiOf({ product, config }: AgentFile): Api {
  const { bind_addr, client_addr, addresses = {}, ports = {}, tls, acl } = config as Settings;
  const split = (text: string) => text.split(/\s+/).filter(Boolean);
  switch (product) {
    case "consul": {
      // The plain port is on unless it is set to -1.
      const plain = (ports.http ?? 8500) > 0;
      const address = plain ? addresses.http : addresses.https;
      return {
        addresses: split(address ?? client_addr ?? "127.0.0.1"),
        tls: !plain,
        acl: acl?.enabled === true && acl.default_policy === "deny",
      };
    }
    case "nomad":
      return {
        addresses: split(addresses.http ?? bind_addr ?? "0.0.0.0"),
        tls: tls?.http === true,
        acl: acl?.enabled === true,
      };
    default:
      return product satisfies never;
  }
}

/** @param allow names of resources, or networks such as `10.0.0.0/8` that only trusted machines are in */
export function openApis(resource: Pick<Resource, "name" | "props">, { allow }: Context): Violation[] {
  if (allow.includes(resource.name)) {
    return [];
  }
  const closed = networks([...loopback, ...allow.filter((entry) => entry.includes("/"))]);
  return agentFilesOf(resource).flatMap((file) => {
    const { addresses, tls, acl } = apiOf(file);
    const open = addresses.filter((address) => !isIP(address) || !closed.check(address, family(address)));
    const missing = [...(tls ? [] : ["TLS"]), ...(acl ? [] : ["ACLs"])];
    return open.length > 0 && missing.length > 0
      ? [
          `${resource.name} serves the API of ${file.product === "consul" ? "Consul" : "Nomad"} on ${open.join(", ")} ` +
            `without ${missing.join(" and ")}: whoever reaches it owns the cluster. Leave security.tls and security.acl on, ` +
            "or keep the agent on 127.0.0.1.",
        ]
      : [];
  });
}

function family(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

function networks(list: readonly string[]): BlockList {
  const found = new BlockList();
  for (const entry of list) {
    const [address = "", bits] = entry.split("/");
    if (isIP(address)) {
      found.addSubnet(address, Number(bits), family(address));
    }
  }
  return found;
}

export const noOpenAgentApi: ResourceCheck = {
  name: "no-open-agent-api",
  description: "No agent answers beyond its own machine without TLS and ACLs.",
  types: [resourceTokens.container, resourceTokens.remoteCommand],
  check: openApis,
};
