import { type AgentDirectories, type AgentSpec, configurationOf } from "../host";
import type { UbuntuSubstrate } from "../plan";
import { assignments, heredoc } from "../shell";
import { library } from "./library";
import { checkedName, type Privilege, refuse, withLibrary } from "./script";
import { renderUnit } from "./unit";

/** What all agents of a host share. */
export interface AgentHost {
  readonly name: string;
  readonly cluster: string;
  readonly substrate: UbuntuSubstrate;
  readonly privilege: Omit<Privilege, "limitSeconds">;
}

/** Seconds: a download of 600 and some more. */
const limits = { create: 900, delete: 300 };

/** Where an agent finds what is its own. */
export function agentDirectories(name: string): AgentDirectories {
  return { configuration: configurationOf(name), data: `/var/lib/${name}` };
}

/** Consul is known to everybody as one service, whether it is a server or not. */
export function unitName(agent: Pick<AgentSpec, "name" | "product">): string {
  return agent.product === "consul" ? "consul.service" : `${agent.name}.service`;
}

/** What starts other programs in their own users' names has to be root. */
function userOf(agent: AgentSpec): string {
  return agent.runsTasks ? "root" : agent.product;
}

/** Fabio has no packages: it comes from its releases whatever the source of the others. */
function sourceOf(agent: AgentSpec, { substrate }: AgentHost): "zip" | "apt" {
  return agent.product === "fabio" ? "zip" : substrate.software.source;
}

function programOf(agent: AgentSpec, host: AgentHost): string {
  const { product, version } = agent;
  return sourceOf(agent, host) === "apt" ? `/usr/bin/${product}` : `/opt/hashistack/${product}/${version}/${product}`;
}

/** The label of containers that the agent starts, as Docker filters for it; empty where it starts none. */
function taskLabel({ runsTasks }: AgentSpec): string {
  return runsTasks ? `${runsTasks.label}=${runsTasks.owner}` : "";
}

/** The command that installs and starts an agent, or brings it up to date; to be run over SSH. */
export function renderAgentCreate(agent: AgentSpec, host: AgentHost): string {
  const directories = agentDirectories(agent.name);
  const { software } = host.substrate;
  const fabio = agent.product === "fabio";
  const script = [
    assignments({
      host: host.name,
      cluster: host.cluster,
      agent: agent.name,
      unit: unitName(agent),
      user: userOf(agent),
      durable: agent.durable,
      product: agent.product,
      version: agent.version,
      program: programOf(agent, host),
      source: sourceOf(agent, host),
      releases: (fabio ? software.fabioReleases : software.hashicorpReleases).replace(/\/+$/, ""),
      // Whoever signs HashiCorp's releases does not sign Fabio's.
      signed: software.signingKey !== undefined && !fabio,
      pinned: pinnedOf(agent, software.pinned),
      task_label: taskLabel(agent),
      qemu: agent.runsTasks?.drivers.includes("qemu") ?? false,
      wanted_library: library().version,
      validation: agent.validate?.(directories.configuration) ?? [],
    }),
    "begin\n\n",
    ...agent.files.map(({ name, content }) => `${heredoc(`file ${checkedName(name)}`, content(directories))}\n`),
    heredoc(
      "unit_file",
      renderUnit({
        cluster: host.cluster,
        host: host.name,
        agent: agent.name,
        product: agent.product,
        user: userOf(agent),
        program: programOf(agent, host),
        arguments: agent.arguments(directories),
        environment: agent.environment?.(directories) ?? {},
        configuration: directories.configuration,
        ...(agent.durable ? { data: directories.data } : {}),
        runsTasks: agent.runsTasks !== undefined,
        docker: agent.runsTasks?.drivers.includes("docker") ?? false,
        lowPorts: fabio || (agent.product === "consul" && host.substrate.consulDnsPort < 1024),
      }),
    ),
    "\ninstall_agent\n",
  ].join("");
  return withLibrary(
    { ...host.privilege, limitSeconds: limits.create },
    script,
    refuse(host.name, `hashistack's scripts are gone from this machine. ${restore(host)}`),
  );
}

function restore(host: AgentHost): string {
  return `To bring them back: pulumi up --replace '**::${host.name}-prepare'`;
}

/** The command that takes it away. */
export function renderAgentDelete(agent: AgentSpec, host: AgentHost): string {
  const script = [
    assignments({
      host: host.name,
      cluster: host.cluster,
      agent: agent.name,
      unit: unitName(agent),
      user: userOf(agent),
      product: agent.product,
      program: programOf(agent, host),
      source: sourceOf(agent, host),
      keep_data: host.substrate.keepData,
      task_label: taskLabel(agent),
    }),
    "begin\nremove_agent\n",
  ].join("");
  // A machine that was made anew has nothing to remove.
  const lost =
    `  grep -qs '^# hashistack ' /etc/systemd/system/${unitName(agent)} || exit 0\n` +
    refuse(
      host.name,
      `${unitName(agent)} is here, but hashistack's scripts that remove it are gone from this machine. ${restore(host)}`,
    );
  return withLibrary({ ...host.privilege, limitSeconds: limits.delete }, script, lost);
}

/** The pinned sums that this agent's archive may have, for either architecture. */
function pinnedOf(agent: AgentSpec, pinned: Readonly<Record<string, string>>): Record<string, string> {
  const { product, version } = agent;
  const prefix = product === "fabio" ? `fabio-${version}-linux_` : `${product}_${version}_linux_`;
  return Object.fromEntries(Object.entries(pinned).filter(([file]) => file.startsWith(prefix)));
}
