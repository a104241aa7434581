import { isLoopback } from "../address";
import type { Driver } from "./fields";
import type { GroupEntry, HostEntry, SshConfig } from "./hostSchema";
import type { StackConfig } from "./schema";

/** A host, wherever it was written, with all that its group and the stack say of it. */
export interface HostConfig extends Omit<HostEntry, "docker" | "datacenter" | "drivers"> {
  /** Where a person finds it: `hosts[1]` or `groups.web.hosts.web-1`. */
  readonly where: string;
  /** Where they find all but its name and address: `hosts[1]` or `groups.web`. */
  readonly traitsWhere: string;
  /** Where they find what is said of SSH, by key: `ssh`, `groups.web.ssh` or `hosts[1].ssh`. */
  readonly sshWhere: { readonly [K in keyof SshConfig]?: string };
  readonly docker: { readonly endpoint: string; readonly tls?: HostEntry["docker"]["tls"] };
  readonly datacenter: string;
  readonly drivers: readonly Driver[];
}

/** The sections that say something of hosts. */
export type HostSections = Pick<StackConfig, "hosts" | "groups" | "ssh" | "cluster" | "nomad">;

/** Every host of a stack: those written one by one, then those of the groups. */
export function expandHosts(config: HostSections): HostConfig[] {
  const single = config.hosts.map((host, index) => {
    const where = `hosts[${index}]`;
    return complete(host, where, where, config);
  });
  const grouped = Object.entries(config.groups).flatMap(([group, entry]) => {
    const { hosts, ...traits } = entry as GroupEntry;
    const where = `groups.${group}`;
    return Object.entries(hosts).map(([name, address]) =>
      complete({ ...traits, name, address }, `${where}.hosts.${name}`, where, config),
    );
  });
  return [...single, ...grouped];
}

function complete(host: HostEntry, where: string, traitsWhere: string, config: HostSections): HostConfig {
  const ssh = merged(config.ssh, host.ssh);
  const { endpoint = defaultEndpoint(host.address, ssh), tls } = host.docker;
  return {
    ...host,
    where,
    traitsWhere,
    ssh,
    sshWhere: { ...sources(config.ssh, "ssh"), ...sources(host.ssh, `${traitsWhere}.ssh`) },
    docker: { endpoint, ...(tls ? { tls } : {}) },
    datacenter: host.datacenter ?? config.cluster.datacenter,
    drivers: host.drivers ?? config.nomad.drivers,
  };
}

/** Ways to log in exclude each other: the nearer one replaces all that are farther off. */
const ways = ["privateKey", "privateKeyFile", "agent"] as const;

function merged(far: SshConfig, near: SshConfig): SshConfig {
  const kept = { ...far };
  if (ways.some((way) => near[way])) {
    for (const way of ways) {
      delete kept[way];
    }
  }
  return { ...kept, ...near };
}

function sources(ssh: SshConfig, where: string): Record<string, string> {
  return Object.fromEntries(Object.keys(ssh).map((key) => [key, `${where}.${key}`]));
}

/** This machine's own engine for what is on loopback; any other machine's is reached over SSH. */
function defaultEndpoint(address: string, { user, port }: SshConfig): string {
  if (isLoopback(address)) {
    return "unix:///var/run/docker.sock";
  }
  return `ssh://${user ? `${user}@` : ""}${address}${port ? `:${port}` : ""}`;
}
