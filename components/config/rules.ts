import { isLoopback } from "../address";
import { fabioJobRules } from "./fabioJob";
import { expandHosts, type HostConfig } from "./hosts";
import type { Problem } from "./problem";
import { type Role, type StackConfig, sections } from "./schema";

/** What must hold between values that are each well-formed. Sections that are not are left out by the caller. */
export function configurationRules(config: Partial<StackConfig>): Problem[] {
  return [
    ...hostRules(config),
    ...(config.consul && config.nomad && config.fabio ? distinctPorts(config) : []),
    ...oneKeyEach(config),
    ...(config.fabio?.certificate ? wholeCertificate(config.fabio.certificate) : []),
    ...(config.vault ? vaultRules(config.vault) : []),
  ];
}

function hostRules({ hosts: single, groups, cluster, nomad, fabio, ssh = {} }: Partial<StackConfig>): Problem[] {
  if (single === undefined || groups === undefined) {
    return [];
  }
  // What hosts take from sections that are wrong themselves makes no difference to these rules.
  const hosts = expandHosts({
    hosts: single,
    groups,
    ssh,
    cluster: cluster ?? sections.cluster.parse({}),
    nomad: nomad ?? sections.nomad.parse({}),
  });
  if (hosts.length === 0) {
    return [{ where: "hosts", message: "expected at least one host, here or in a group" }];
  }
  return [
    ...uniqueHosts(hosts),
    ...rolesPresent(hosts),
    ...(cluster ? serverCounts(hosts, cluster) : []),
    ...loopbackAlone(hosts),
    ...hosts.flatMap(engineReachable),
    ...(fabio?.runsAs === "nomad-job" ? fabioJobRules(hosts, nomad) : []),
  ];
}

/** Agents use their host's own network: two hosts on one Docker engine would be one machine under two names. */
const unique: Record<string, (host: HostConfig) => string | undefined> = {
  name: (host) => host.name,
  address: (host) => host.address,
  "docker.endpoint": (host) => (host.substrate === "docker" ? host.docker.endpoint : undefined),
};

function uniqueHosts(hosts: readonly HostConfig[]): Problem[] {
  const problems: Problem[] = [];
  for (const [key, read] of Object.entries(unique)) {
    const first = new Map<string, string>();
    for (const host of hosts) {
      const value = read(host);
      const earlier = value === undefined ? undefined : first.get(value);
      if (value !== undefined && earlier === undefined) {
        first.set(value, host.where);
      } else if (earlier !== undefined) {
        problems.push({
          where: placeOf(host, key),
          value,
          message: `${earlier} has this ${key} already; give every host its own`,
        });
      }
    }
  }
  return problems;
}

/** Where a person finds a key of a host: a group has the name and the address in one line, and the rest for all. */
function placeOf({ where, traitsWhere }: HostConfig, key: string): string {
  const own = key === "name" || key === "address";
  return own && where !== traitsWhere ? where : `${own ? where : traitsWhere}.${key}`;
}

/** Whoever reaches an engine is root on its machine. */
function engineReachable({ substrate, docker, traitsWhere }: HostConfig): Problem[] {
  if (substrate !== "docker") {
    return [];
  }
  if (docker.endpoint.startsWith("tcp://")) {
    return docker.tls
      ? []
      : [
          {
            where: `${traitsWhere}.docker.tls`,
            message: "missing; an engine on tcp:// without client certificates makes everyone who reaches it root",
          },
        ];
  }
  return docker.tls
    ? [
        {
          where: `${traitsWhere}.docker.tls`,
          message: `goes with an endpoint tcp://, not with ${docker.endpoint}; take one of them out`,
        },
      ]
    : [];
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
  return hosts.flatMap((host) =>
    isLoopback(host.address)
      ? [
          {
            where: placeOf(host, "address"),
            value: host.address,
            message: "a loopback address cannot be reached by the other hosts; use the machine's own address",
          },
        ]
      : [],
  );
}

/** A key to log in with is text or file. */
function oneKeyEach({ ssh, hosts = [], groups = {} }: Partial<StackConfig>): Problem[] {
  const places = [
    ["ssh", ssh] as const,
    ...hosts.map((host, index) => [`hosts[${index}].ssh`, host.ssh] as const),
    ...Object.entries(groups).map(([name, group]) => [`groups.${name}.ssh`, group.ssh] as const),
  ];
  return places
    .flatMap(([where, login]) => [[where, login] as const, [`${where}.bastion`, login?.bastion] as const])
    .filter(([, login]) => login?.privateKey !== undefined && login.privateKeyFile !== undefined)
    .map(([where]) => ({
      where: `${where}.privateKeyFile`,
      message: "stands beside privateKey; take one of them out",
    }));
}

/** A certificate is text or file, and so is its key. */
function wholeCertificate({
  cert,
  certFile,
  key,
  keyFile,
}: NonNullable<StackConfig["fabio"]["certificate"]>): Problem[] {
  const halves: Record<string, readonly unknown[]> = { cert: [cert, certFile], key: [key, keyFile] };
  return Object.entries(halves).flatMap(([name, given]) =>
    given.filter((value) => value !== undefined).length === 1
      ? []
      : [{ where: `fabio.certificate.${name}`, message: `expected either ${name} or ${name}File` }],
  );
}

/** Tasks' secrets travel to Nomad's clients: in clear text they reach nobody but the machine itself. */
function vaultRules({ address, ca, caFile, namespace }: StackConfig["vault"]): Problem[] {
  if (address === undefined) {
    const given = Object.entries({ ca, caFile, namespace }).filter(([, value]) => value !== undefined);
    return given.map(([name]) => ({
      where: `vault.${name}`,
      message: "says nothing without vault.address; set that too",
    }));
  }
  const problems: Problem[] = [];
  const { protocol, hostname } = new URL(address);
  if (protocol === "http:" && !isLoopback(hostname)) {
    problems.push({
      where: "vault.address",
      value: address,
      message: "secrets would travel in clear text; use https://, or a Vault on 127.0.0.1",
    });
  }
  if (ca !== undefined && caFile !== undefined) {
    problems.push({ where: "vault.caFile", message: "stands beside ca; take one of them out" });
  }
  return problems;
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
