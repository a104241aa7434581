import { readAgentCreate } from "../../components/hosts/ubuntu/readAgent";
import { agentLabels, resourceTokens, tokens } from "../../components/tokens";
import type { ResourceState } from "./preview";
import { redacted, unknownShown } from "./redact";
import { type Change, compare, type Place } from "./steps";

/** What happens to an agent. */
export type AgentAction = "created" | "re-created" | "restarted" | "changed in place" | "removed";

export type Role = "consul-server" | "consul-client" | "nomad-server" | "nomad-client" | "fabio";

/** An agent that the update touches. */
export interface AgentChange {
  readonly host: string;
  /** Its name among the agents of its host. */
  readonly agent: string;
  readonly role: Role;
  readonly substrate: "ubuntu" | "docker";
  readonly action: AgentAction;
  /** Why, in words. */
  readonly why: readonly string[];
  readonly files: readonly FileChange[];
  readonly version: { readonly from?: string; readonly to?: string };
  /** Name of its resource, and what that waits for. */
  readonly resource: string;
  readonly dependencies: readonly string[];
}

/** A file whose text changes. */
export interface FileChange {
  readonly name: string;
  /** Absent of a new file. */
  readonly before?: string;
  /** Absent of one that goes. */
  readonly after?: string;
  /** Why there is no text to compare. */
  readonly hidden?: string;
}

/** An agent as a state describes it. */
interface AgentState {
  readonly host: string;
  readonly agent: string;
  readonly version?: string;
  /** By name; undefined where they cannot be seen. */
  readonly files?: Readonly<Record<string, string>>;
  readonly unit?: string;
}

const roles: Readonly<Record<string, Role>> = {
  [tokens.consulServers]: "consul-server",
  [tokens.consulClients]: "consul-client",
  [tokens.nomadServers]: "nomad-server",
  [tokens.nomadClients]: "nomad-client",
  [tokens.fabio]: "fabio",
};

/** The role of whatever the resource belongs to; undefined outside the components that run agents. */
export function roleOf({ types }: Place): Role | undefined {
  return types.map((type) => roles[type]).find((role) => role !== undefined);
}

/** The resource that is an agent: a container, or a command over SSH, right below the component that runs it. */
export function isAgent({ types, type }: Place): boolean {
  const owner = types.at(-2);
  return (
    owner !== undefined &&
    roles[owner] !== undefined &&
    (type === resourceTokens.container || type === resourceTokens.remoteCommand)
  );
}

/** Agents that the changes touch, by host and name. */
export function agentChanges(changes: readonly Change[]): AgentChange[] {
  const images = imageVersions(changes);
  return changes
    .flatMap((change) => (isAgent(change.place) ? agentChange(change, images) : []))
    .sort((a, b) => compare(a.host, b.host) || compare(a.agent, b.agent));
}

type Images = ReadonlyMap<string, { readonly from?: string; readonly to?: string }>;

function agentChange(change: Change, images: Images): AgentChange[] {
  const { place, before, after } = change;
  const role = roleOf(place);
  const old = before && stateOf(before);
  const now = after && stateOf(after);
  const known = now ?? old;
  if (role === undefined) {
    return [];
  }
  const substrate = place.type === resourceTokens.container ? "docker" : "ubuntu";
  // A state that cannot be read still has a name: `<host>-<agent>`.
  const host = known?.host ?? place.name.replace(new RegExp(`-${role}$`), "");
  const files = fileChanges(old, now, change);
  const version =
    substrate === "docker"
      ? (images.get(`${host} ${role.split("-")[0]}`) ?? {})
      : { ...(old?.version ? { from: old.version } : {}), ...(now?.version ? { to: now.version } : {}) };
  const why = reasonsOf(change, files, version);
  return [
    {
      host,
      agent: known?.agent ?? role,
      role,
      substrate,
      action: actionOf(change, substrate, files, why),
      why,
      files,
      version,
      resource: place.name,
      dependencies: after?.dependencies ?? [],
    },
  ];
}

function actionOf(
  { kind }: Change,
  substrate: "ubuntu" | "docker",
  files: readonly FileChange[],
  why: readonly string[],
): AgentAction {
  switch (kind) {
    case "create":
      return "created";
    case "delete":
      return "removed";
    case "replace":
      return "re-created";
    case "update":
      // The script on an Ubuntu machine starts its agent anew where program, unit or files differ, and else lets it run.
      return substrate === "ubuntu" && (files.length > 0 || why.length > 0) ? "restarted" : "changed in place";
    default:
      return kind satisfies never;
  }
}

function reasonsOf(
  { kind, reasons }: Change,
  files: readonly FileChange[],
  { from, to }: { readonly from?: string; readonly to?: string },
): string[] {
  if (kind === "create" || kind === "delete") {
    return [];
  }
  const named = files.filter(({ hidden }) => hidden === undefined).map(({ name }) => name);
  const hidden = files.some((file) => file.hidden !== undefined);
  return [
    ...(from !== undefined && to !== undefined && from !== to ? [`version ${from} → ${to}`] : []),
    ...(named.length > 0 ? [`changed: ${named.join(", ")}`] : []),
    ...(reasons.includes("stdin") || (files.length === 0 && reasons.some((path) => path.startsWith("uploads")))
      ? ["secret files change"]
      : []),
    ...(hidden ? ["files change that the preview does not show"] : []),
    ...(reasons.includes("image") ? ["another image"] : []),
  ];
}

function stateOf(state: ResourceState): AgentState | undefined {
  const { inputs } = state;
  if (state.type === resourceTokens.remoteCommand) {
    const read = typeof inputs.create === "string" ? readAgentCreate(inputs.create) : undefined;
    return read && { ...read, files: read.files };
  }
  const labels = Array.isArray(inputs.labels) ? (inputs.labels as { label?: unknown; value?: unknown }[]) : [];
  const label = (name: string) => labels.find((each) => each?.label === name)?.value;
  const [host, agent] = [label(agentLabels.host), label(agentLabels.agent)];
  if (typeof host !== "string" || typeof agent !== "string") {
    return undefined;
  }
  const files = uploadsOf(inputs.uploads);
  return { host, agent, ...(files ? { files } : {}) };
}

/** Files that are no secret; the engine hides all of a list in which one is. */
function uploadsOf(uploads: unknown): Record<string, string> | undefined {
  if (!Array.isArray(uploads)) {
    return undefined;
  }
  const files = (uploads as { file?: unknown; content?: unknown; permissions?: unknown }[]).flatMap((each) =>
    typeof each?.file === "string" && typeof each.content === "string" && each.permissions === undefined
      ? [[each.file.slice(each.file.lastIndexOf(".d/") + (each.file.includes(".d/") ? 3 : 1)), each.content] as const]
      : [],
  );
  return Object.fromEntries(files);
}

const unitFile = "systemd unit";

function fileChanges(
  old: AgentState | undefined,
  now: AgentState | undefined,
  { kind, reasons }: Change,
): FileChange[] {
  if (kind === "create" || kind === "delete") {
    return [];
  }
  const hidden = "previews hide a container's files, all of them, where one of them is secret";
  const uploads = reasons.some((path) => path.startsWith("uploads"));
  if (old?.files === undefined || now?.files === undefined) {
    return uploads ? [{ name: "files", hidden }] : [];
  }
  const texts = (state: AgentState): Record<string, string> => ({
    ...state.files,
    ...(state.unit === undefined ? {} : { [unitFile]: state.unit }),
  });
  const [before, after] = [texts(old), texts(now)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name): FileChange[] => {
    const [from, to] = [before[name], after[name]];
    if (from === to) {
      return [];
    }
    if (to === unknownShown || to === redacted || from === redacted) {
      return [{ name, hidden: to === unknownShown ? "known after the update" : hidden }];
    }
    return [{ name, ...(from === undefined ? {} : { before: from }), ...(to === undefined ? {} : { after: to }) }];
  });
}

/** Tags of the images on Docker hosts that change, by host and product. */
function imageVersions(changes: readonly Change[]): Images {
  const versions = new Map<string, { from?: string; to?: string }>();
  for (const { place, before, after } of changes) {
    if (place.type !== resourceTokens.image || !place.types.includes(tokens.dockerHost)) {
      continue;
    }
    for (const [side, state] of [
      ["from", before],
      ["to", after],
    ] as const) {
      const [, product, tag] = /([^/:]+):([^/:]+)$/.exec(String(state?.inputs.name ?? "")) ?? [];
      const host = /^(.*)-[^-]+-image$/.exec(place.name)?.[1];
      if (product !== undefined && tag !== undefined && host !== undefined) {
        const key = `${host} ${product}`;
        versions.set(key, { ...versions.get(key), [side]: tag });
      }
    }
  }
  return versions;
}
