import { resourceTokens, tokens } from "../../components/tokens";
import {
  type Context,
  type Placed,
  parentType,
  type Resource,
  type ResourceCheck,
  type StackCheck,
  type Violation,
} from "../lib/check";

const products = {
  Consul: { component: tokens.consulServers, counts: [1, 3, 5] },
  Nomad: { component: tokens.nomadServers, counts: [1, 3, 5, 7] },
} as const;

const components: readonly string[] = Object.values(products).map(({ component }) => component);

/** What runs an agent: a container, or a service of an Ubuntu machine. */
const agentTypes: readonly string[] = [resourceTokens.container, resourceTokens.remoteCommand];

/**
 * An even number tolerates no more losses than one fewer; more than five Consul voters (seven Nomad servers) only slow
 * writes down; a single one is lost with its machine.
 */
export function serverCounts(resources: readonly Placed[], { sandbox }: Pick<Context, "sandbox">): Violation[] {
  return Object.entries(products).flatMap(([product, { component, counts }]) => {
    const servers = resources.filter(({ urn, type }) => agentTypes.includes(type) && parentType(urn) === component);
    const good = counts.filter((count) => count > 1 || sandbox);
    // A stack that runs none of them is no cluster of this program.
    if (servers.length === 0 || good.some((count) => count === servers.length)) {
      return [];
    }
    const names = servers.map(({ name }) => name).sort();
    return [
      `${servers.length} ${product} servers (${names.join(", ")}): expected ${good.join(", ")}. Give the role ` +
        `${product.toLowerCase()}-server to as many hosts${sandbox ? "" : "; 1 is for sandboxes (cluster.sandbox)"}.`,
    ];
  });
}

/** What is lost with a server's data: on an engine its volume, on an Ubuntu machine the service with its directory. */
const durable: readonly string[] = [resourceTokens.volume, resourceTokens.remoteCommand];

export function unprotectedServer({ urn, type, name, protect }: Resource, { sandbox, allow }: Context): Violation[] {
  const parent = parentType(urn);
  if (
    sandbox ||
    protect ||
    allow.includes(name) ||
    !durable.includes(type) ||
    !parent ||
    !components.includes(parent)
  ) {
    return [];
  }
  return [
    `${name} holds a server's data and is not protected: taking its host out of the stack's file would delete it. ` +
      "Leave cluster.protect on (it is, unless a sandbox).",
  ];
}

export const serverCountsPolicy: StackCheck = {
  name: "server-counts",
  description: "Consul has 3 or 5 servers and Nomad 3, 5 or 7; a sandbox may have 1.",
  checkAll: serverCounts,
};

export const protectedServers: ResourceCheck = {
  name: "protected-servers",
  description: "What holds a server's data is protected from deletion, unless in a sandbox.",
  types: durable,
  check: unprotectedServer,
};
