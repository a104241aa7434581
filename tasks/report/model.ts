import { farewell, resourceTokens, tokens } from "../../components/tokens";
import { type AgentChange, agentChanges } from "./agents";
import { removedServers } from "./cutShort";
import { findingsOf } from "./findings";
import { headlineOf } from "./headline";
import { jobChanges } from "./jobs";
import type { NomadPlan } from "./nomadPlan";
import type { Preview, ResourceState } from "./preview";
import { type QuorumPlan, quorumPlan } from "./quorum";
import { pairedSecrets, plainSecretsIn, Redactor } from "./redact";
import { refusalOf } from "./refusal";
import type { ClientChange, DriftChange, HostChange, OtherChange, Report } from "./report";
import { plannedServers } from "./servers";
import { type Change, compare, type Drifted, sortSteps } from "./steps";
import { agentVersions } from "./versions";
import { policyFindings } from "./violations";

/** What is known besides the preview. */
export interface Extras {
  readonly stack: string;
  /** Secrets that must not show, whatever the preview marks as such. */
  readonly secrets?: Iterable<string>;
  /** Nomad's own plans, by the job's name. */
  readonly plans?: ReadonlyMap<string, NomadPlan>;
  /** How Nomad was asked, or why not. */
  readonly nomad?: string;
}

/**
 * Says what an update would do, out of its preview.
 * @throws PreviewError where the preview itself failed
 */
export async function planReport(preview: Preview, extras: Extras): Promise<Report> {
  const redactor = new Redactor([...(extras.secrets ?? []), ...secretsIn(preview)]);
  const refusal = refusalOf(preview, redactor);
  const { changes: shown, drifted, refreshed } = sortSteps(preview);
  const raw = refusal?.cutAt === undefined ? shown : [...shown, ...removedServers(preview, shown)];
  const changes = refusal?.planned === false ? [] : raw.map((change) => cleansed(change, redactor));
  const agents = agentChanges(changes);
  const servers = plannedServers(preview.config);
  const plans = redactor.value(Object.fromEntries(extras.plans ?? [])) as Record<string, NomadPlan>;
  const jobs = await jobChanges(changes, new Map(Object.entries(plans)));

  const facts = {
    stack: extras.stack,
    counts: redactor.value(preview.changeSummary ?? {}) as Report["counts"],
    hosts: hostChanges(changes),
    agents,
    quorum: quorumPlans(servers, agents),
    clients: clientChanges(agents, drainedHosts(changes)),
    jobs,
    nomad: redactor.text(extras.nomad ?? "Nomad was not asked for its plan."),
    versions: [...agentVersions(agents), ...jobs.flatMap(({ images }) => images)],
    ...(refreshed ? { drift: drifted.map((each) => driftChange(each, redactor)) } : {}),
    others: otherChanges(changes),
    ...(preview.policies ? { policies: policyFindings(preview.policies, redactor) } : {}),
    gates: changes.filter(({ place }) => isGate(place.types) && place.type === resourceTokens.localCommand).length,
    warnings: preview.diagnostics.flatMap(({ severity, message }) =>
      severity === "warning" ? [redactor.text(message.replace(/^warning:\s*/, "").trim())] : [],
    ),
  };
  const unjudged =
    servers === undefined && agents.some(({ role }) => role === "consul-server" || role === "nomad-server");
  const findings = [
    ...(refusal?.reasons ?? []).map((text) => ({ level: "refused" as const, text })),
    ...(refusal?.cutAt === undefined ? [] : [{ level: "attention" as const, text: cutShort(refusal.cutAt) }]),
    ...findingsOf(facts, unjudged),
    ...(preview.maybeCorrupt
      ? [{ level: "attention" as const, text: "Pulumi takes a part of the state for damaged: look at it first." }]
      : []),
  ].sort((a, b) => Number(b.level === "refused") - Number(a.level === "refused"));
  const verdict = findings[0]?.level ?? "safe";
  return { ...facts, verdict, findings, headline: headlineOf(verdict, findings, facts) };
}

function cutShort(name: string): string {
  return (
    `Pulumi stops planning at ${name}: what else it would delete is not shown, except servers that the stack does not ` +
    "name any more."
  );
}

/** Secrets that the preview itself gives away: marked in one place, plain in another. */
function secretsIn(preview: Preview): string[] {
  return [
    ...plainSecretsIn(preview),
    ...preview.steps.flatMap(({ oldState, newState }) =>
      pairedSecrets([oldState?.inputs, oldState?.outputs, newState?.inputs, newState?.outputs]),
    ),
  ];
}

/** A change with everything redacted that may be shown of it. */
function cleansed(change: Change, redactor: Redactor): Change {
  const told = (text: string) => redactor.told(text);
  const state = (found: ResourceState | undefined) =>
    found &&
    ({
      ...found,
      inputs: redactor.value(found.inputs),
      outputs: {},
      dependencies: found.dependencies.map(told),
    } as ResourceState);
  const { place } = change;
  return {
    ...change,
    place: { ...place, name: redactor.text(place.name), type: told(place.type), types: place.types.map(told) },
    before: state(change.before),
    after: state(change.after),
    reasons: change.reasons.map((path) => redactor.text(path)),
  };
}

function quorumPlans(servers: ReturnType<typeof plannedServers>, agents: readonly AgentChange[]): QuorumPlan[] {
  return servers === undefined
    ? []
    : (["consul-server", "nomad-server"] as const).flatMap((role) => quorumPlan(role, servers[role], agents) ?? []);
}

function hostChanges(changes: readonly Change[]): HostChange[] {
  const found = new Map<string, HostChange["action"]>();
  for (const { place, kind } of changes) {
    const owner = place.types.at(-2);
    if (place.type === tokens.dockerHost || place.type === tokens.ubuntuHost) {
      found.set(place.name, kind === "delete" ? "removed" : "added");
    } else if (owner === tokens.ubuntuHost && (kind === "update" || kind === "replace")) {
      found.set(place.name.replace(/-prepare$/, ""), "prepared anew");
    } else if (owner === tokens.dockerHost && place.type.startsWith("pulumi:providers:") && kind !== "create") {
      const host = place.name.replace(/-engine$/, "");
      found.set(host, found.get(host) ?? (kind === "delete" ? "removed" : "reached in another way"));
    }
  }
  return [...found].map(([host, action]) => ({ host, action })).sort((a, b) => compare(a.host, b.host));
}

type Fate = (agent: AgentChange, drained: boolean) => string | undefined;

const fate: Readonly<Record<AgentChange["action"], Fate>> = {
  created: () => undefined,
  "changed in place": () => undefined,
  restarted: () => "its tasks go on while it restarts",
  "re-created": ({ substrate }) =>
    substrate === "docker"
      ? "tasks of the docker driver go on; those of other drivers end with its container"
      : "it is removed and installed anew, and its tasks end",
  removed: (_agent, drained) =>
    drained
      ? "it is drained first: its tasks move to other clients, and what finds no room in time is stopped"
      : "it is not drained: its tasks are stopped with it, and Nomad starts them elsewhere where there is room " +
        "(drain it first: nomad node drain -enable)",
};

/** Hosts whose client is emptied before it goes. */
function drainedHosts(changes: readonly Change[]): (host: string) => boolean {
  const emptied = new Set(changes.flatMap(({ place, kind }) => (kind === "delete" ? place.name : [])));
  return (host) => emptied.has(farewell.drain(host));
}

function clientChanges(agents: readonly AgentChange[], drained: (host: string) => boolean): ClientChange[] {
  return agents.flatMap((agent) => {
    const tasks = agent.role === "nomad-client" ? fate[agent.action](agent, drained(agent.host)) : undefined;
    const loses = agent.action === "removed" || (agent.action === "re-created" && agent.substrate === "ubuntu");
    return tasks === undefined ? [] : [{ host: agent.host, tasks, loses }];
  });
}

/** What does its work when a host leaves: said of the host. */
function isFarewell(types: readonly string[]): boolean {
  const [owner, type] = types.slice(-2);
  return type === resourceTokens.localCommand && (owner === tokens.nomadClients || owner === tokens.consulClients);
}

function isGate(types: readonly string[]): boolean {
  return types.includes(tokens.gate);
}

/** What has no section of its own. */
function otherChanges(changes: readonly Change[]): OtherChange[] {
  const own = (types: readonly string[], type: string) =>
    type.startsWith("hashistack:") ||
    type.startsWith("pulumi:") ||
    type === resourceTokens.job ||
    type === resourceTokens.container ||
    type === resourceTokens.remoteCommand ||
    isGate(types) ||
    isFarewell(types);
  return changes
    .filter(({ place }) => !own(place.types, place.type))
    .map(({ place: { type, name }, kind }) => ({
      kind,
      type,
      name,
      secret: type === resourceTokens.password || type === resourceTokens.privateKey,
    }))
    .sort((a, b) => compare(a.type, b.type) || compare(a.name, b.name));
}

/** Longer values say nothing to a reader. */
const longestValue = 120;

function driftChange({ place, recorded, found }: Drifted, redactor: Redactor): DriftChange {
  const common = { name: redactor.text(place.name), type: place.type };
  if (found === undefined) {
    return { ...common, differences: [], gone: true };
  }
  const [before, after] = [recorded, found].map(
    (state) => redactor.value(state?.outputs ?? {}) as Record<string, unknown>,
  );
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  const shown = (value: unknown) => {
    const text = value === undefined ? "nothing" : JSON.stringify(value);
    return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  };
  const differences = names
    .filter((name) => name !== "__meta" && JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
    .map((name) => `${name}: ${shown(before?.[name])} → ${shown(after?.[name])}`);
  return { ...common, differences, gone: false };
}
