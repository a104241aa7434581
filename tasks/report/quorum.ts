import { resourceTokens, tokens } from "../../components/tokens";
import type { AgentChange } from "./agents";
import type { ServerRole } from "./servers";
import { placeOf } from "./steps";

/** How many servers may be lost before the rest cannot elect a leader any more; negative: they cannot. */
export type Tolerance = number;

/** One step of a change to servers that vote. */
export interface QuorumStep {
  readonly action: "starts" | "restarts" | "is re-created" | "goes";
  /** Servers that are away, or new, at the same time. */
  readonly hosts: readonly string[];
  readonly before: Tolerance;
  readonly during: Tolerance;
  readonly after: Tolerance;
}

export interface QuorumPlan {
  readonly role: ServerRole;
  /** Voters before and after the update. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly QuorumStep[];
  /** The rule that the plan breaks. */
  readonly broken?: string;
}

const majority = (voters: number) => Math.floor(voters / 2) + 1;

/**
 * What a change does to the quorum, server by server. The program changes one server after the other, each behind a gate
 * that waits for the one before, and Pulumi removes what goes at the end, without waiting.
 *
 * @param planned hosts of the servers after the update, in the program's order
 */
export function quorumPlan(
  role: ServerRole,
  planned: readonly string[],
  agents: readonly AgentChange[],
): QuorumPlan | undefined {
  const touched = agents.filter((agent) => agent.role === role && agent.action !== "changed in place");
  if (touched.length === 0) {
    return undefined;
  }
  const created = hostsOf(touched, "created");
  const removed = hostsOf(touched, "removed");
  const order = (host: string) => (planned.includes(host) ? planned.indexOf(host) : planned.length);
  const rolling = touched
    .filter(({ action }) => action !== "removed")
    .sort((a, b) => order(a.host) - order(b.host) || (a.host < b.host ? -1 : 1));

  const kept = planned.filter((host) => !created.includes(host));
  const voters = new Set([...kept, ...removed]);
  const from = voters.size;
  const tolerance = (away: number) => voters.size - away - majority(voters.size);
  const steps: QuorumStep[] = [];
  let broken: string | undefined;

  const take = (step: QuorumStep) => {
    steps.push(step);
    // One server alone has nobody to lose: while it restarts there is no leader, whatever one does.
    if (step.during < 0 && from > 1) {
      broken ??= ruleBroken(role, step, voters.size);
    }
  };

  for (const group of together(rolling)) {
    const news = group.filter(({ action }) => action === "created").map(({ host }) => host);
    const olds = group.filter(({ action }) => action !== "created");
    if (olds.length > 0) {
      const before = tolerance(0);
      const action = olds.every((each) => each.action === "restarted") ? "restarts" : "is re-created";
      take({ action, hosts: olds.map(({ host }) => host), before, during: tolerance(olds.length), after: before });
    }
    if (news.length > 0) {
      const before = tolerance(0);
      for (const host of news) {
        voters.add(host);
      }
      // A server votes once autopilot has found it steady: until then the others are as they were.
      steps.push({ action: "starts", hosts: news, before, during: before, after: tolerance(0) });
    }
  }
  if (removed.length > 0) {
    const [before, during] = [tolerance(0), tolerance(removed.length)];
    const size = voters.size;
    for (const host of removed) {
      voters.delete(host);
    }
    const step: QuorumStep = { action: "goes", hosts: removed, before, during, after: tolerance(0) };
    steps.push(step);
    // A cluster that goes as a whole needs no leader.
    if (during < 0 && voters.size > 0) {
      broken ??= ruleBroken(role, step, size);
    }
  }
  return { role, from, to: voters.size, steps: from === 0 ? forming(steps) : steps, ...(broken ? { broken } : {}) };
}

/** The first servers have nothing to lose yet. */
function forming(steps: readonly QuorumStep[]): QuorumStep[] {
  return steps.map((step) => ({ ...step, before: Math.max(step.before, 0), during: Math.max(step.during, 0) }));
}

/** Servers in the groups in which they change: each alone, unless nothing makes it wait for the one before. */
function together(servers: readonly AgentChange[]): AgentChange[][] {
  const groups: AgentChange[][] = [];
  for (const server of servers) {
    const last = groups.at(-1);
    if (last === undefined || waitsForGate(server)) {
      groups.push([server]);
    } else {
      last.push(server);
    }
  }
  return groups;
}

function waitsForGate({ dependencies, role }: AgentChange): boolean {
  const owner = role === "consul-server" ? tokens.consulServers : tokens.nomadServers;
  return dependencies.some((urn) => {
    const { types, type } = placeOf(urn);
    return type === resourceTokens.localCommand && types.includes(tokens.gate) && types.includes(owner);
  });
}

function ruleBroken(role: ServerRole, { hosts, during }: QuorumStep, voters: number): string {
  const product = role === "consul-server" ? "Consul" : "Nomad";
  const left = during + majority(voters);
  return (
    `${product} has ${voters} voters and needs ${majority(voters)} of them for a leader. With ${hosts.join(", ")} away at ` +
    `the same time ${left} ${left === 1 ? "is" : "are"} left: no leader, and no way to elect one. ` +
    `Change fewer servers in one update: at most ${voters - majority(voters)} may be away at once.`
  );
}

function hostsOf(agents: readonly AgentChange[], action: AgentChange["action"]): string[] {
  return agents.filter((agent) => agent.action === action).map(({ host }) => host);
}
