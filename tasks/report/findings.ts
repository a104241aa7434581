import { resourceTokens } from "../../components/tokens";
import type { Finding, Report } from "./report";
import type { PolicyFinding } from "./violations";

/** What in a plan deserves a look, the gravest first. */
export function findingsOf(report: Omit<Report, "verdict" | "headline" | "findings">, unjudged: boolean): Finding[] {
  const attention = (text: string): Finding => ({ level: "attention", text });
  const { agents, clients, jobs, versions, drift = [], others } = report;
  return [
    ...quorumFindings(report),
    ...(report.policies ?? []).map(brokenPolicy),
    ...(unjudged
      ? [attention("Servers change, and the preview does not tell how many there are: look at the quorum yourself.")]
      : []),
    ...report.hosts.flatMap(({ host, action }) =>
      action === "removed" ? [attention(`Host ${host} is removed.`)] : [],
    ),
    ...clients.flatMap(({ host, tasks, loses }) => (loses ? [attention(`Client ${host}: ${tasks}.`)] : [])),
    ...agents.flatMap(({ host, role, action }) =>
      action === "removed" && role === "fabio"
        ? [attention(`Fabio on ${host} is removed: nothing is reached through it any more.`)]
        : [],
    ),
    ...others.flatMap(({ kind, type, name }) =>
      type === resourceTokens.volume && (kind === "delete" || kind === "replace")
        ? [attention(`The volume ${name} is removed with the data in it.`)]
        : [],
    ),
    ...versions.flatMap(({ what, from, to, direction }) =>
      direction === "down"
        ? [attention(`Downgrade of ${what}: ${from} → ${to}. Data that the newer one wrote may not be readable.`)]
        : [],
    ),
    ...others.flatMap(({ kind, name, secret }) => (secret && kind === "replace" ? [attention(renewed(name))] : [])),
    ...jobs.flatMap(({ name, action }) =>
      action === "deregistered" || action === "deregistered and registered anew"
        ? [attention(`Job ${name} is ${action}: its allocations stop.`)]
        : [],
    ),
    ...jobs.flatMap(({ name, plan }) => [
      ...(plan?.failures ?? []).map(({ group, why }) =>
        attention(
          `Job ${name}: Nomad finds no place for the group ${group} (${why.join("; ") || "it does not say why"}).`,
        ),
      ),
      ...(plan?.preempted ?? []).map(({ job, group, count }) =>
        attention(`Job ${name} preempts ${count} of the job ${job} (group ${group}).`),
      ),
    ]),
    ...(drift.length > 0
      ? [
          attention(
            `${drift.length} ${drift.length === 1 ? "resource was" : "resources were"} changed outside: ` +
              `${drift.map(({ name }) => name).join(", ")}.`,
          ),
        ]
      : []),
  ];
}

function brokenPolicy({ policy, level, resource, message }: PolicyFinding): Finding {
  const [what, words] = [resource ?? "The stack", message.replace(/\s*\n\s*/g, " ")];
  return level === "mandatory"
    ? { level: "refused", text: `${what} breaks the policy ${policy}. ${words}` }
    : { level: "attention", text: `${what} does not follow the policy ${policy}. ${words}` };
}

function quorumFindings({ quorum }: Pick<Report, "quorum">): Finding[] {
  return quorum.flatMap(({ role, from, to, steps, broken }): Finding[] => {
    if (broken !== undefined) {
      return [{ level: "refused", text: broken }];
    }
    const product = role === "consul-server" ? "Consul" : "Nomad";
    if (from > 0 && to === 0) {
      return [{ level: "attention", text: `Every ${product} server is removed, and what it keeps with it.` }];
    }
    if (from === 1 && steps.some(({ during }) => during < 0)) {
      const [host] = steps.flatMap(({ hosts }) => hosts);
      return [
        { level: "attention", text: `${host} is the only ${product} server: there is none while it comes up again.` },
      ];
    }
    const gone = steps.find(({ action }) => action === "goes");
    return gone
      ? [
          {
            level: "attention",
            text:
              `${product} loses ${gone.hosts.join(", ")} of its servers: until autopilot has let go of them it tolerates ` +
              `${gone.during} further losses, then ${gone.after}.`,
          },
        ]
      : [];
  });
}

function renewed(name: string): string {
  return /-gossip$/.test(name)
    ? `The gossip key ${name} is renewed: agents with the old and the new one do not hear each other until all have the new one.`
    : `${name} is renewed: whatever holds the old one is turned away until it has the new one.`;
}
