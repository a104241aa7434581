import { isLoopback } from "../address";
import type { Driver } from "./fields";
import type { GroupEntry, HostEntry, SshConfig } from "./hostSchema";
import type { StackConfig } from "./schema";

/** A host, wherever it was written, with all that its group and the stack say of it. */
export interface HostConfig extends Omit<HostEntry, "docker" | "datacenter" | "drivers"> {
  /** Where a person finds it: `hosts[1]` or `groups.web.hosts.web-1`. */
  readonly where: string;
  readonly docker: { readonly endpoint: string; readonly tls?: HostEntry["docker"]["tls"] };
  readonly datacenter: string;
  readonly drivers: readonly Driver[];
}

/** The sections that say something of hosts. */
export type HostSections = Pick<StackConfig, "hosts" | "groups" | "ssh" | "cluster" | "nomad">;

/** Every host of a stack: those written one by one, then those of the groups. */
export function expandHosts(config: HostSections): HostConfig[] {
  const single = config.hosts.map((host, index) => complete(host, {}, `hosts[${index}]`, config));
  const grouped = Object.entries(config.groups).flatMap(([group, entry]) =>
    Object.entries(entry.hosts).map(([name, address]) => {
      const { hosts: _, ssh, ...traits } = entry as GroupEntry;
      return complete({ ...traits, name, address, ssh: {} }, ssh, `groups.${group}.hosts.${name}`, config);
    }),
  );
  return [...single, ...grouped];
}

function complete(host: HostEntry, groupSsh: SshConfig, where: string, config: HostSections): HostConfig {
  const ssh = { ...config.ssh, ...groupSsh, ...host.ssh };
  const { endpoint = defaultEndpoint(host.address, ssh), tls } = host.docker;
  return {
    ...host,
    where,
    ssh,
    docker: { endpoint, ...(tls ? { tls } : {}) },
    datacenter: host.datacenter ?? config.cluster.datacenter,
    drivers: host.drivers ?? config.nomad.drivers,
  };
}

/** This machine's own engine for what is on loopback; any other machine's is reached over SSH. */
function defaultEndpoint(address: string, { user, port }: SshConfig): string {
  if (isLoopback(address)) {
    return "unix:///var/run/docker.sock";
  }
  return `ssh://${user ? `${user}@` : ""}${address}${port ? `:${port}` : ""}`;
}
