import { connect } from "node:net";
import type { HostPlan } from "../../components/hosts/plan";
import { resourceTokens } from "../../components/tokens";
import { nameOf, type Recorded, type StackState } from "./state";

/** Last parts of the names of commands that run on a host's own machine, or ask its engine. */
const onItself = [
  "prepare",
  "consul-server",
  "consul-client",
  "nomad-server",
  "nomad-client",
  "nomad-client-tasks-sweep",
  "fabio",
] as const;

const commands: readonly string[] = [resourceTokens.remoteCommand, resourceTokens.localCommand];

/** Whether Pulumi must reach a host's machine to read or delete a resource. */
function liesOn(host: string, { type, urn, provider }: Recorded): boolean {
  const name = nameOf(urn);
  const engine = `${host}-engine`;
  return (
    (type === "pulumi:providers:docker" && name === engine) ||
    (provider ?? "").includes(`::${engine}::`) ||
    (commands.includes(type) && onItself.some((part) => name === `${host}-${part}`))
  );
}

/** What a state records on a host's machine. */
export function recordedOn(host: string, { deployment }: StackState): Recorded[] {
  return (deployment.resources ?? []).filter((resource) => liesOn(host, resource));
}

/** What every host has first, by its type, with the host's name in its own: an engine, or a machine that was prepared. */
const firstOnHost: Readonly<Record<string, RegExp>> = {
  "pulumi:providers:docker": /^(.+)-engine$/,
  [resourceTokens.remoteCommand]: /^(.+)-prepare$/,
};

/** Hosts on whose machines a state records something. */
export function recordedHosts({ deployment }: StackState): string[] {
  const hosts = (deployment.resources ?? []).flatMap(
    ({ type, urn }) => firstOnHost[type]?.exec(nameOf(urn))?.[1] ?? [],
  );
  return [...new Set(hosts)].sort();
}

/** The state without what it records on a host's machine, and without any mention of that. */
export function withoutMachine(host: string, state: StackState): StackState {
  const gone = new Set(recordedOn(host, state).map(({ urn }) => urn));
  const still = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  const resources = (state.deployment.resources ?? [])
    .filter(({ urn }) => !gone.has(urn))
    .map(({ dependencies, propertyDependencies, deletedWith, ...resource }) => ({
      ...resource,
      ...(dependencies ? { dependencies: still(dependencies) } : {}),
      ...(propertyDependencies
        ? {
            propertyDependencies: Object.fromEntries(
              Object.entries(propertyDependencies).map(([name, urns]) => [name, urns && still(urns)]),
            ),
          }
        : {}),
      ...(deletedWith && !gone.has(deletedWith) ? { deletedWith } : {}),
    }));
  return { ...state, deployment: { ...state.deployment, resources } };
}

/** Where an engine with client certificates listens, unless its endpoint says otherwise. */
const engineTlsPort = 2376;

/** Where somebody answers as long as a machine is there. */
export interface Door {
  readonly host: string;
  readonly port: number;
}

/** How a host's machine is reached from here: it may also be this very one, or one that only another one reaches. */
export function doorOf({ substrate }: HostPlan): Door | "this machine" | "through another machine" {
  if (substrate.ssh) {
    const { address: host, port, bastion } = substrate.ssh;
    return bastion ? "through another machine" : { host, port };
  }
  const tcp = substrate.kind === "docker" ? /^tcp:\/\/([^:/]+)(?::(\d+))?/.exec(substrate.endpoint) : null;
  return tcp?.[1] ? { host: tcp[1], port: Number(tcp[2] ?? engineTlsPort) } : "this machine";
}

/** Whether somebody takes a connection there within some seconds. */
export function answers({ host, port }: Door, seconds = 5): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const end = (answered: boolean) => {
      socket.destroy();
      done(answered);
    };
    socket.setTimeout(seconds * 1000, () => end(false));
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
}
