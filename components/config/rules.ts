import { isLoopback } from "../address";
import type { Problem } from "./problem";
import type { HostConfig, Role, StackConfig } from "./schema";

/** What must hold between values that are each well-formed. Sections that are not are left out by the caller. */
export function configurationRules(config: Partial<StackConfig>): Problem[] {
  const { hosts, cluster } = config;
  return [
    ...(hosts ? [...uniqueHosts(hosts), ...rolesPresent(hosts)] : []),
    ...(hosts && cluster ? [...serverCounts(hosts, cluster), ...loopbackAlone(hosts)] : []),
    ...(cluster && config.security ? protection(cluster, config.security) : []),
    ...(hosts && config.consul && config.nomad && config.fabio ? distinctPorts(config) : []),
  ];
}

/** Agents use their host's own network: two hosts on one Docker engine would be one machine under two names. */
const unique: Record<string, (host: HostConfig) => string> = {
  name: (host) => host.name,
  address: (host) => host.address,
  "docker.endpoint": (host) => host.docker.endpoint,
};

function uniqueHosts(hosts: readonly HostConfig[]): Problem[] {
  const problems: Problem[] = [];
  for (const [key, read] of Object.entries(unique)) {
    const first = new Map<string, number>();
    hosts.forEach((host, index) => {
      const value = read(host);
      const earlier = first.get(value);
      if (earlier === undefined) {
        first.set(value, index);
        return;
      }
      problems.push({
        where: `hosts[${index}].${key}`,
        value,
        message: `hosts[${earlier}] has this ${key} already; give every host its own`,
      });
    });
  }
  return problems;
}

function rolesPresent(hosts: readonly HostConfig[]): Problem[] {
  return (["consul-server", "nomad-server", "nomad-client"] as const)
    .filter((role) => count(hosts, role) === 0)
    .map((role) => ({ where: "hosts", message: `no host has the role ${role}; give it to at least one` }));
}

const largest: Record<"consul-server" | "nomad-server", number> = { "consul-server": 5, "nomad-server": 7 };

/**
 * Raft commits with a majority: an even number of servers tolerates no more losses than one fewer, and more than five
 * Consul voters (seven Nomad servers) only slow every write down.
 */
function serverCounts(hosts: readonly HostConfig[], cluster: StackConfig["cluster"]): Problem[] {
  const problems: Problem[] = [];
  for (const role of ["consul-server", "nomad-server"] as const) {
    const servers = count(hosts, role);
    const where = `hosts (role ${role})`;
    if (servers > largest[role]) {
      problems.push({
        where,
        value: servers,
        message: `at most ${largest[role]}: every further voter only slows writes down`,
      });
    } else if (servers > 0 && servers % 2 === 0) {
      problems.push({
        where,
        value: servers,
        message: `an even number tolerates no more losses than ${servers - 1}; use ${allowedNear(servers, cluster.sandbox)}`,
      });
    } else if (servers === 1 && !cluster.sandbox) {
      problems.push({
        where,
        value: servers,
        message: "one server tolerates no loss; use 3 or more, or say `cluster.sandbox: true`",
      });
    }
  }
  return problems;
}

/** The odd counts beside an even one, without the single server that only a sandbox may have. */
function allowedNear(servers: number, sandbox: boolean): string {
  return servers === 2 && !sandbox ? "3" : `${servers - 1} or ${servers + 1}`;
}

function loopbackAlone(hosts: readonly HostConfig[]): Problem[] {
  if (hosts.length === 1) {
    return [];
  }
  return hosts.flatMap((host, index) =>
    isLoopback(host.address)
      ? [
          {
            where: `hosts[${index}].address`,
            value: host.address,
            message: "a loopback address cannot be reached by the other hosts; use the machine's own address",
          },
        ]
      : [],
  );
}

function protection(cluster: StackConfig["cluster"], security: StackConfig["security"]): Problem[] {
  if (cluster.sandbox || security.unprotected) {
    return [];
  }
  return [
    {
      where: "security.unprotected",
      value: false,
      message:
        "a stack that is not a sandbox needs TLS, ACLs and gossip encryption, which this version does not set up; " +
        "set it to true only on a network that you trust",
    },
  ];
}

/** Ports of one address and protocol, by configuration key: all of them may meet on one host. */
function distinctPorts(config: Partial<StackConfig>): Problem[] {
  const owners = new Map<number, string>();
  const problems: Problem[] = [];
  for (const section of ["consul", "nomad", "fabio"] as const) {
    for (const [name, port] of Object.entries(config[section]?.ports ?? {})) {
      const where = `${section}.ports.${name}`;
      const owner = owners.get(port);
      if (owner === undefined) {
        owners.set(port, where);
      } else {
        problems.push({ where, value: port, message: `${owner} uses this port already; give each its own` });
      }
    }
  }
  return problems;
}

function count(hosts: readonly HostConfig[], role: Role): number {
  return hosts.filter((host) => host.roles.includes(role)).length;
}
