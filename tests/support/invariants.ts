import { expandHosts } from "../../components/config/hosts";
import type { StackConfig } from "../../components/config/schema";
import { imagesByHost, type Topology } from "../../components/topology";

/** What every plan of a valid configuration must hold; the first thing that it does not is thrown. */
export function checkPlan(config: StackConfig, plan: Topology): void {
  const hosts = expandHosts(config);
  const names = hosts.map(({ name }) => name).sort();
  const holders = (role: string) => hosts.filter(({ roles }) => roles.includes(role as never));
  const same = (what: string, found: readonly string[], expected: readonly string[]) =>
    check(String([...found].sort()) === String([...expected].sort()), `${what}: ${found} instead of ${expected}`);

  same(
    "hosts",
    plan.hosts.map(({ name }) => name),
    names,
  );
  const consul = [...plan.consulServers, ...plan.consulClients];
  same(
    "every host has exactly one Consul agent",
    consul.map(({ host }) => host),
    names,
  );
  for (const [role, agents] of [
    ["consul-server", plan.consulServers],
    ["nomad-server", plan.nomadServers],
    ["nomad-client", plan.nomadClients],
    ["ingress", plan.fabios],
  ] as const) {
    same(
      role,
      agents.map(({ host }) => host),
      holders(role).map(({ name }) => name),
    );
  }

  for (const [what, servers] of [
    ["consul", plan.consulServers],
    ["nomad", plan.nomadServers],
  ] as const) {
    check(servers.length % 2 === 1, `${servers.length} ${what} servers`);
    check(servers.length > 1 || config.cluster.sandbox, `one ${what} server outside a sandbox`);
    for (const { bootstrapExpect, host } of servers) {
      check(
        bootstrapExpect === servers.length,
        `${host} expects ${bootstrapExpect} of ${servers.length} ${what} servers`,
      );
    }
  }
  const gossip = plan.consulServers.map(({ address, ports }) => `${address}:${ports.serfLan}`);
  for (const { host, address, ports, join } of consul) {
    same(
      `${host} joins`,
      join,
      gossip.filter((entry) => entry !== `${address}:${ports.serfLan}`),
    );
  }
  const serf = plan.nomadServers.map(({ address, ports }) => `${address}:${ports.serf}`);
  for (const { host, address, ports, join } of plan.nomadServers) {
    same(
      `${host} joins`,
      join,
      serf.filter((entry) => entry !== `${address}:${ports.serf}`),
    );
  }
  const rpc = plan.nomadServers.map(({ address, ports }) => `${address}:${ports.rpc}`);
  for (const { host, servers } of plan.nomadClients) {
    same(`${host} asks`, servers, rpc);
  }

  for (const { url, address } of [...consul, ...plan.nomadServers, ...plan.nomadClients, ...plan.fabios]) {
    check(URL.canParse(url) && new URL(url).hostname === address, `${url} is no URL of ${address}`);
  }
  const { tls } = plan.cluster.security;
  for (const { url } of [...consul, ...plan.nomadServers, ...plan.nomadClients]) {
    check(url.startsWith(tls ? "https://" : "http://"), `${url} in a cluster ${tls ? "with" : "without"} TLS`);
  }
  check(
    config.cluster.sandbox || config.security.acl !== undefined || plan.cluster.security.acl,
    "ACLs are off outside a sandbox, and nobody said so",
  );
  for (const agent of [...consul, ...plan.nomadServers, ...plan.nomadClients, ...plan.fabios]) {
    check(agent.image.endsWith(`:${agent.version}`), `${agent.image} is not version ${agent.version}`);
  }
  for (const { host, canaryPort } of consul) {
    const fabio = plan.fabios.find((each) => each.host === host);
    check(canaryPort === fabio?.ports.ui, `${host} has the canary port ${canaryPort}`);
  }
  fabioOnce(config, plan);
  distinctListeners(plan);
}

/** Every Fabio is an agent of its host or a task of the one job, and all that job's tasks can share their settings. */
function fabioOnce({ fabio }: StackConfig, plan: Topology): void {
  const { fabios, fabioJob } = plan;
  const isJob = fabio.runsAs === "nomad-job" && fabios.length > 0;
  check((fabioJob !== undefined) === isJob, `fabio.runsAs is ${fabio.runsAs}, and the job is ${fabioJob?.id}`);
  if (fabioJob === undefined) {
    return;
  }
  const clients = new Map(plan.nomadClients.map((client) => [client.host, client]));
  check(String(fabioJob.nodes) === String(fabios.map(({ host }) => host)), `the job runs on ${fabioJob.nodes}`);
  for (const { host, address, url, ...rest } of fabios) {
    const { host: _host, address: _address, url: _url, ...shared } = fabioJob.settings;
    check(JSON.stringify(rest) === JSON.stringify(shared), `${host} has other settings than the job`);
    check(clients.get(host)?.drivers.includes("docker") === true, `${host} cannot run Fabio's job`);
    check(clients.get(host)?.address === address, `${host} serves at ${url}, which its client does not advertise`);
    check(!imagesByHost(plan).get(host)?.includes(fabioJob.settings.image), `${host} runs Fabio as an agent, too`);
  }
}

/** Containers use their host's network: all listeners of a host share one range of ports. */
function distinctListeners(plan: Topology): void {
  const listeners = new Map<string, number[]>();
  const add = (host: string, ...ports: number[]) => listeners.set(host, [...(listeners.get(host) ?? []), ...ports]);
  for (const { host, ports } of [...plan.consulServers, ...plan.consulClients]) {
    add(host, ports.http, ports.https, ports.dns, ports.server, ports.serfLan);
  }
  for (const { host, ports } of plan.nomadServers) {
    add(host, ports.http, ports.rpc, ports.serf);
  }
  for (const { host, ports } of plan.nomadClients) {
    // A client listens for HTTP alone.
    add(host, ports.http);
  }
  for (const { host, ports } of plan.fabios) {
    add(host, ports.proxy, ports.tls, ports.ui, ports.metrics);
  }
  for (const [host, ports] of listeners) {
    check(new Set(ports).size === ports.length, `two listeners share a port on ${host}: ${ports}`);
  }
}

function check(holds: boolean, what: string): void {
  if (!holds) {
    throw new Error(what);
  }
}
