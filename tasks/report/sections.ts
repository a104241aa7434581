import { createTwoFilesPatch } from "diff";
import { agentCounts, counted, jobCounts } from "./headline";
import type { JobChange, JobText } from "./jobs";
import type { GroupPlan } from "./nomadPlan";
import type { QuorumPlan, QuorumStep, Tolerance } from "./quorum";
import type { Report } from "./report";

/** A piece of a report, without any markup. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** A unified diff, or another text that keeps its lines. */
  | { readonly kind: "code"; readonly title: string; readonly language: "diff" | "text"; readonly text: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Whether it is shown unfolded. */
  readonly open: boolean;
}

/** The report in the order in which it is read; what there is nothing to say about is left out. */
export function sectionsOf(report: Report): Section[] {
  return [
    section("What to look at", findings(report), true),
    section("Hosts and agents", hostsAndAgents(report), true),
    section("Quorum of the servers", report.quorum.flatMap(quorum), true),
    section("Clients", clients(report)),
    section("Versions", versions(report), true),
    section("Configuration", configuration(report)),
    section("Jobs", jobs(report), true),
    section("Drift", drift(report)),
    section("Other resources", others(report)),
    section("Warnings of the program", report.warnings.length > 0 ? [{ kind: "list", items: report.warnings }] : []),
  ].filter(({ blocks }) => blocks.length > 0);
}

function section(title: string, blocks: readonly Block[], open = false): Section {
  return { title, blocks, open };
}

/** A line of counts below the verdict. */
export function countsOf(report: Report): string {
  const { counts, agents, jobs: changed, gates, policies } = report;
  const order = ["create", "update", "replace", "delete", "same"];
  const names = [
    ...order.filter((op) => counts[op]),
    ...Object.keys(counts)
      .filter((op) => !order.includes(op))
      .sort(),
  ];
  const resources = names.map((op) => `${counts[op]} ${op}`).join(", ") || "none";
  return [
    ...agentCounts(agents),
    ...jobCounts(changed),
    ...(gates > 0 ? [`${counted(gates, "health gate")} passed anew`] : []),
    `resources: ${resources}`,
    ...(policies
      ? [policies.length === 0 ? "the policies hold" : `policies broken ${counted(policies.length, "time")}`]
      : []),
  ].join(" · ");
}

function findings({ findings: all }: Report): Block[] {
  return all.length === 0
    ? []
    : [
        {
          kind: "list",
          items: all.map(({ level, text }) => `${level === "refused" ? "Refused" : "Attention"}: ${text}`),
        },
      ];
}

function hostsAndAgents({ hosts, agents }: Report): Block[] {
  const rows = agents.map(({ host, agent, substrate, action, why }) => [
    host,
    agent,
    substrate,
    action,
    why.join("; "),
  ]);
  return [
    ...(hosts.length > 0
      ? [
          {
            kind: "table" as const,
            head: ["host", "what happens"],
            rows: hosts.map(({ host, action }) => [host, action]),
          },
        ]
      : []),
    ...(rows.length > 0
      ? [{ kind: "table" as const, head: ["host", "agent", "runs on", "what happens", "why"], rows }]
      : []),
  ];
}

function quorum({ role, from, to, steps, broken }: QuorumPlan): Block[] {
  const product = role === "consul-server" ? "Consul" : "Nomad";
  const voters = from === to ? `${from} voters` : `${from} → ${to} voters`;
  const rows = steps.map((step, index) => [
    String(index + 1),
    `${step.hosts.join(", ")} ${step.action === "goes" && step.hosts.length > 1 ? "go" : step.action}`,
    shown(step),
  ]);
  return [
    {
      kind: "text",
      text: `${product}, ${voters}: how many servers may be lost before, during and after each step, in the order of the steps.`,
    },
    { kind: "table", head: ["step", "what happens", "tolerated losses"], rows },
    ...(broken ? [{ kind: "text" as const, text: `Refused: ${broken}` }] : []),
  ];
}

function shown({ before, during, after }: QuorumStep): string {
  const word = (tolerance: Tolerance) => (tolerance < 0 ? "no leader" : String(tolerance));
  return `${word(before)} → ${word(during)} → ${word(after)}`;
}

function clients({ clients: all }: Report): Block[] {
  return all.length === 0
    ? []
    : [{ kind: "table", head: ["client", "its tasks"], rows: all.map(({ host, tasks }) => [host, tasks]) }];
}

const arrows = { up: "upgrade", down: "downgrade", other: "change" } as const;

function versions({ versions: all }: Report): Block[] {
  const rows = all.map(({ what, from, to, direction, hosts }) => [what, from, to, arrows[direction], hosts.join(", ")]);
  return rows.length === 0 ? [] : [{ kind: "table", head: ["what", "from", "to", "direction", "hosts"], rows }];
}

function configuration({ agents }: Report): Block[] {
  return agents.flatMap(({ host, agent, files }) =>
    files.map(({ name, before, after, hidden }): Block => {
      const title = `${host}: ${agent}: ${name}`;
      return hidden === undefined
        ? { kind: "code", title, language: "diff", text: unified(`${host}/${agent}/${name}`, before, after) }
        : { kind: "text", text: `${title}: not shown (${hidden}).` };
    }),
  );
}

/** A unified diff without dates, so that the same change gives the same text. */
export function unified(name: string, before: string | undefined, after: string | undefined): string {
  const from = before === undefined ? "/dev/null" : `a/${name}`;
  const to = after === undefined ? "/dev/null" : `b/${name}`;
  const patch = createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, "").trimEnd();
}

function jobs(report: Report): Block[] {
  const { jobs: changed, nomad } = report;
  if (changed.length === 0) {
    return [];
  }
  return [
    { kind: "text", text: nomad },
    ...changed.flatMap((job): Block[] => [
      {
        kind: "text",
        text: `${job.name}: ${job.action}${job.reasons.length > 0 ? ` (${job.reasons.join(", ")})` : ""}.`,
      },
      ...(job.hidden ? [{ kind: "text" as const, text: `${job.name}: ${job.hidden}.` }] : []),
      ...jobDiffs(job),
      ...nomadBlocks(job),
    ]),
  ];
}

function jobDiffs({ name, action, before, after }: JobChange): Block[] {
  const parts: [string, (job: JobText) => string][] = [
    [`jobs/${name}.nomad.hcl`, ({ jobspec }) => jobspec],
    [`${name}: variables`, ({ vars }) => variables(vars)],
  ];
  // A new file, or one that goes, is in the pull request as a whole.
  if (action === "registered" || action === "deregistered") {
    return [];
  }
  return parts.flatMap(([title, of]): Block[] => {
    const [from, to] = [before && of(before), after && of(after)];
    return from === to || from === undefined || to === undefined
      ? []
      : [{ kind: "code", title, language: "diff", text: unified(title, from, to) }];
  });
}

function variables(vars: Readonly<Record<string, string>>): string {
  return Object.keys(vars)
    .sort()
    .map((name) => `${name} = ${vars[name]}\n`)
    .join("");
}

const columns: readonly (readonly [keyof GroupPlan, string])[] = [
  ["create", "create"],
  ["inPlace", "in-place update"],
  ["destroy", "create/destroy update"],
  ["canary", "canary"],
  ["migrate", "migrate"],
  ["stop", "stop"],
  ["preempt", "preempt"],
  ["ignore", "ignore"],
];

function nomadBlocks({ name, plan }: JobChange): Block[] {
  if (plan === undefined) {
    return [];
  }
  const used = columns.filter(([key]) => plan.groups.some((group) => Number(group[key]) > 0));
  const rows = plan.groups.map((group) => [group.group, ...used.map(([key]) => String(group[key]))]);
  const failures = plan.failures.map(
    ({ group, unplaced, why }) =>
      `group ${group}: ${counted(unplaced, "allocation")} without a place: ${why.join("; ")}`,
  );
  const preempted = plan.preempted.map(
    ({ job, group, count }) => `preempts ${counted(count, "allocation")} of the job ${job}, group ${group}`,
  );
  return [
    { kind: "text", text: `Nomad's plan for ${name}:` },
    { kind: "table", head: ["group", ...used.map(([, title]) => title)], rows },
    ...(failures.length + preempted.length > 0 ? [{ kind: "list" as const, items: [...failures, ...preempted] }] : []),
    ...(plan.warnings === ""
      ? []
      : [{ kind: "code" as const, title: `Nomad warns of ${name}`, language: "text" as const, text: plan.warnings }]),
  ];
}

function drift({ drift: found }: Report): Block[] {
  if (found === undefined) {
    return [];
  }
  if (found.length === 0) {
    return [{ kind: "text", text: "Nothing that the update would touch was changed outside." }];
  }
  const rows = found.map(({ name, type, gone, differences }) => [
    name,
    type,
    gone ? "gone: it is made anew" : differences.join("; "),
  ]);
  return [{ kind: "table", head: ["resource", "type", "what was found"], rows }];
}

function others({ others: all }: Report): Block[] {
  const rows = all.map(({ kind, type, name }) => [kind, type, name]);
  return rows.length === 0 ? [] : [{ kind: "table", head: ["what happens", "type", "name"], rows }];
}
