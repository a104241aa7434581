import { consulFiles } from "../../components/consul/agentConfig";
import { type AgentFile, configurationOf, containerData } from "../../components/hosts/host";
import { nomadClientFiles, nomadServerFiles } from "../../components/nomad/agentConfig";
import { resourceTokens } from "../../components/tokens";
import type { Topology } from "../../components/topology";
import { type Role, roleOf } from "./agents";
import type { Preview, ResourceState, Step } from "./preview";
import { plainSecretsIn, redacted, textsIn } from "./redact";
import { placeOf } from "./steps";

/** A stack's state with its secrets in plain text: `pulumi stack export --show-secrets`. */
export interface PlainState {
  readonly deployment: {
    readonly resources?: readonly { readonly urn: string; readonly inputs?: Readonly<Record<string, unknown>> }[];
  };
}

interface Upload {
  readonly file: string;
  readonly content: string;
  /** Set for what only the agent may read. */
  readonly permissions?: string;
}

/** Whether the preview hides files of containers that are no secret: the engine hides a whole list for one secret in it. */
export function hidesFiles({ steps }: Preview): boolean {
  return steps.some((step) => isHidden(step));
}

function isHidden({ urn, op, oldState, newState }: Step): boolean {
  return (
    (op === "update" || op === "replace") &&
    placeOf(urn).type === resourceTokens.container &&
    oldState?.inputs.uploads === redacted &&
    newState?.inputs.uploads === redacted
  );
}

/**
 * The preview with those files in place that are no secret: as they are, out of the state, and as the program renders
 * them.
 *
 * @returns with it, every secret of the state: none of them may show
 */
export function withFiles(
  preview: Preview,
  topology: Topology,
  { deployment }: PlainState,
): { preview: Preview; secrets: string[] } {
  const resources = new Map((deployment.resources ?? []).map((resource) => [resource.urn, resource]));
  const steps = preview.steps.map((step): Step => {
    const before = isHidden(step) ? plainUploads(resources.get(step.urn)?.inputs?.uploads) : undefined;
    const after = before && renderedFiles(step, topology);
    return before === undefined || after === undefined
      ? step
      : { ...step, oldState: showing(step.oldState, before), newState: showing(step.newState, after) };
  });
  // How a host is reached is kept as one secret, for the keys in it: its address and user stand in the stack's file.
  const plain = new Set(textsIn(topology.hosts));
  const secrets = plainSecretsIn([...resources.values()].map(({ inputs }) => withoutPlain(inputs))).filter(
    (text) => !plain.has(text),
  );
  return { preview: { ...preview, steps }, secrets };
}

function showing(state: ResourceState | undefined, uploads: readonly Upload[]): ResourceState | undefined {
  return state && { ...state, inputs: { ...state.inputs, uploads } };
}

function plainUploads(value: unknown): Upload[] | undefined {
  const { plaintext } = (value ?? {}) as { plaintext?: unknown };
  const uploads: unknown = typeof plaintext === "string" ? JSON.parse(plaintext) : undefined;
  return Array.isArray(uploads)
    ? (uploads as Upload[]).filter(({ permissions }) => permissions === undefined)
    : undefined;
}

/** Uploads without those that are no secret, which hide behind the others. */
function withoutPlain(inputs: Readonly<Record<string, unknown>> | undefined): unknown {
  const { plaintext } = (inputs?.uploads ?? {}) as { plaintext?: unknown };
  if (typeof plaintext !== "string") {
    return inputs;
  }
  const uploads = JSON.parse(plaintext) as Upload[];
  const secret = uploads.filter(({ permissions }) => permissions !== undefined).map(({ content }) => content);
  return { ...inputs, uploads: { ...(inputs?.uploads as object), plaintext: JSON.stringify(secret) } };
}

function renderedFiles(step: Step, topology: Topology): Upload[] | undefined {
  const role = roleOf(placeOf(step.urn));
  const host = placeOf(step.urn).name.replace(new RegExp(`-${role}$`), "");
  const files = role && filesOf(role, host, topology);
  if (files === undefined) {
    return undefined;
  }
  const configuration = configurationOf(role as string);
  const directories = { configuration, data: dataOf(step) };
  return files.map(({ name, content }) => ({ file: `${configuration}/${name}`, content: content(directories) }));
}

function filesOf(role: Role, host: string, topology: Topology): AgentFile[] | undefined {
  const on = <P extends { host: string }>(plans: readonly P[], files: (plan: P) => AgentFile[]) =>
    plans.filter((plan) => plan.host === host).map(files)[0];
  switch (role) {
    case "consul-server":
      return on(topology.consulServers, consulFiles);
    case "consul-client":
      return on(topology.consulClients, consulFiles);
    case "nomad-server":
      return on(topology.nomadServers, nomadServerFiles);
    case "nomad-client":
      return on(topology.nomadClients, nomadClientFiles);
    case "fabio":
      // Where its file is hidden, there is a token in it.
      return [];
    default:
      return role satisfies never;
  }
}

/** Data directory of the agent: the volume itself for one that runs tasks, which shares its path with the engine. */
function dataOf({ oldState }: Step): string {
  const mounts = (oldState?.inputs.mounts ?? []) as { source?: unknown; bindOptions?: { propagation?: unknown } }[];
  const shared = Array.isArray(mounts)
    ? mounts.find(({ bindOptions }) => bindOptions?.propagation === "rshared")
    : undefined;
  return typeof shared?.source === "string" ? shared.source : containerData;
}
