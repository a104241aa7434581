import type { Finding, Report, Verdict } from "./report";

type Facts = Omit<Report, "verdict" | "headline" | "findings">;

const words: Readonly<Record<Verdict, string>> = {
  safe: "Safe",
  attention: "Needs attention",
  refused: "Refused",
};

/** The verdict in a line: what it is, and the gravest reason for it. */
export function headlineOf(verdict: Verdict, findings: readonly Finding[], facts: Facts): string {
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
  const reason = first ? `${oneLine(first.text)}${more}` : summary(facts);
  return `${words[verdict]}: ${reason}`;
}

/** The first sentence or line of a reason. */
function oneLine(text: string): string {
  const [line = "", next] = text.split("\n");
  return next === undefined ? line : `${line} ${next.replace(/^\s*-\s*/, "")}`.trim();
}

/** What happens, in few words. */
export function summary(facts: Facts): string {
  const { agents, jobs, hosts, others, gates } = facts;
  const parts = [...agentCounts(agents), ...jobCounts(jobs)];
  if (parts.length > 0) {
    return `${parts.join(", ")}.`;
  }
  const touched = hosts.length + others.length + gates;
  return touched === 0 ? "nothing changes." : `no agent and no job is touched; ${counted(touched, "other change")}.`;
}

/** "2 agents restarted, 1 removed". */
export function agentCounts(agents: Report["agents"]): string[] {
  const actions = ["created", "re-created", "restarted", "changed in place", "removed"] as const;
  return actions.flatMap((action) => {
    const number = agents.filter((agent) => agent.action === action).length;
    return number === 0 ? [] : [`${counted(number, "agent")} ${action}`];
  });
}

export function jobCounts(jobs: Report["jobs"]): string[] {
  const actions = ["registered", "changed", "deregistered and registered anew", "deregistered"] as const;
  return actions.flatMap((action) => {
    const number = jobs.filter((job) => job.action === action).length;
    return number === 0 ? [] : [`${counted(number, "job")} ${action}`];
  });
}

export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
