import { expandHosts } from "../../components/config/hosts";
import { sections } from "../../components/config/schema";

export type ServerRole = "consul-server" | "nomad-server";

/**
 * Hosts of the servers after the update, in the order in which the program starts them; undefined where the preview's
 * configuration does not tell.
 */
export function plannedServers(
  config: Readonly<Record<string, string>>,
): Readonly<Record<ServerRole, readonly string[]>> | undefined {
  const hosts = sections.hosts.safeParse(sectionOf(config, "hosts"));
  const groups = sections.groups.safeParse(sectionOf(config, "groups"));
  if (!hosts.success || !groups.success) {
    return undefined;
  }
  const all = expandHosts({
    hosts: hosts.data,
    groups: groups.data,
    ssh: {},
    cluster: sections.cluster.parse({}),
    nomad: sections.nomad.parse({}),
  });
  const having = (role: ServerRole) => all.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
  const planned = { "consul-server": having("consul-server"), "nomad-server": having("nomad-server") };
  return all.length > 0 ? planned : undefined;
}

function sectionOf(config: Readonly<Record<string, string>>, name: string): unknown {
  const text = config[`hashistack:${name}`];
  if (text === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
