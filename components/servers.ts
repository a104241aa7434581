import type * as pulumi from "@pulumi/pulumi";
import { Gate } from "./health/gate";
import type { Access, Requirement } from "./health/requirement";
import type { AgentSpec, RunningAgent } from "./hosts/host";
import { type Hosts, hostOf } from "./hosts/hosts";
import { serverRefs } from "./topology";

export interface ServersArgs<Plan extends { host: string; url: string }> {
  readonly product: "consul" | "nomad";
  readonly servers: readonly Plan[];
  readonly agentOf: (plan: Plan) => AgentSpec;
  /** Whether Pulumi refuses to delete what holds a server's data. */
  readonly protect: boolean;
  readonly hosts: Hosts;
  /** What must be there before the first server starts. */
  readonly after?: readonly pulumi.Resource[];
  /** What the gates show to the servers. */
  readonly access?: pulumi.Output<Access>;
  /** Seconds that each gate waits. */
  readonly timeoutSeconds: number;
  /** What the last server's gate asks beyond its own server. */
  readonly whenComplete?: readonly Requirement[];
}

/**
 * Runs servers that vote, with a gate behind each: the next one is touched only once the one before is back. So a
 * change to all of them replaces them one after the other, and a failure leaves the rest of the quorum alone.
 */
export function startServers<Plan extends { host: string; url: string }>(
  parent: pulumi.Resource,
  args: ServersArgs<Plan>,
): { agents: RunningAgent[]; ready: pulumi.Resource[] } {
  const { product, servers } = args;
  const refs = serverRefs(servers);
  const agents: RunningAgent[] = [];
  let ready: pulumi.Resource[] = [...(args.after ?? [])];

  servers.forEach((plan, index) => {
    const agent = hostOf(args.hosts, plan.host).run(
      { ...args.agentOf(plan), protect: args.protect },
      { parent, dependsOn: ready },
    );
    const last = index === servers.length - 1;
    const joined: Requirement = {
      kind: "server-joined",
      product,
      server: { name: plan.host, url: plan.url },
      peers: refs.filter(({ name }) => name !== plan.host),
      last,
    };
    const gate = new Gate(
      `${plan.host}-${product}-server-gate`,
      {
        title: `${product === "consul" ? "Consul" : "Nomad"} server ${plan.host}`,
        timeoutSeconds: args.timeoutSeconds,
        requirements: last ? [joined, ...(args.whenComplete ?? [])] : [joined],
        access: args.access,
        agents: [agent.id],
      },
      { parent, dependsOn: [agent.resource] },
    );
    agents.push(agent);
    ready = [gate];
  });
  return { agents, ready };
}
