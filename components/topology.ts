import { isLoopback } from "./address";
import type { Driver, HostConfig, Role, StackConfig } from "./config/schema";

/** A machine, and how agents are run on it. */
export interface HostPlan {
  readonly name: string;
  readonly address: string;
  /** Whether nothing on this host may listen beyond loopback. */
  readonly loopback: boolean;
  readonly substrate: HostConfig["substrate"];
  /** Docker engine endpoint. */
  readonly endpoint: string;
}

/** What every agent of the cluster shares. */
export interface ClusterPlan {
  readonly name: string;
  readonly sandbox: boolean;
  readonly datacenter: string;
  readonly region: string;
}

interface AgentPlan {
  /** Name of the host that it runs on: also its Consul and Nomad node name. */
  readonly host: string;
  readonly address: string;
  readonly loopback: boolean;
  readonly datacenter: string;
  readonly version: string;
  /** Image with its tag, for hosts that run agents in containers. */
  readonly image: string;
  readonly logLevel: string;
}

export interface ConsulAgentPlan extends AgentPlan {
  readonly server: boolean;
  /** Servers that elect the first leader together. */
  readonly bootstrapExpect: number;
  /** Gossip addresses of the servers to join: every one but itself. */
  readonly join: readonly string[];
  readonly ports: StackConfig["consul"]["ports"];
  /** URL of its HTTP API. */
  readonly url: string;
  /** Port of the Fabio UI on this host, where Fabio runs beside this agent: it gets a canary service. */
  readonly canaryPort?: number;
}

export interface NomadServerPlan extends AgentPlan {
  readonly region: string;
  readonly bootstrapExpect: number;
  /** Gossip addresses of the other servers. */
  readonly join: readonly string[];
  readonly ports: { readonly http: number; readonly rpc: number; readonly serf: number };
  readonly consulPort: number;
  readonly url: string;
}

export interface NomadClientPlan extends AgentPlan {
  readonly region: string;
  /** RPC addresses of all servers. */
  readonly servers: readonly string[];
  readonly ports: { readonly http: number; readonly rpc: number; readonly serf: number };
  readonly consulPort: number;
  readonly drivers: readonly Driver[];
  readonly url: string;
}

export interface FabioPlan extends AgentPlan {
  readonly ports: StackConfig["fabio"]["ports"];
  readonly consulPort: number;
  /** URL of its proxy. */
  readonly url: string;
  /** URL of its UI: on loopback of its host. */
  readonly uiUrl: string;
}

/** Who runs what, where, and whom it joins: everything that can be decided before a machine is touched. */
export interface Topology {
  readonly cluster: ClusterPlan;
  readonly hosts: readonly HostPlan[];
  readonly consulServers: readonly ConsulAgentPlan[];
  readonly consulClients: readonly ConsulAgentPlan[];
  readonly nomadServers: readonly NomadServerPlan[];
  readonly nomadClients: readonly NomadClientPlan[];
  readonly fabios: readonly FabioPlan[];
  readonly healthTimeoutSeconds: number;
}

/** Decides the whole cluster from a valid configuration. Pure, and linear in hosts. */
export function planTopology(config: StackConfig): Topology {
  const { cluster, consul, nomad, fabio, images, versions } = config;
  const having = (role: Role) => config.hosts.filter((host) => host.roles.includes(role));
  const consulServerHosts = having("consul-server");
  const nomadServerHosts = having("nomad-server");
  const nomadClientHosts = having("nomad-client");
  const ingressHosts = having("ingress");

  const agent = (host: HostConfig, product: "consul" | "nomad" | "fabio"): AgentPlan => ({
    host: host.name,
    address: host.address,
    loopback: isLoopback(host.address),
    datacenter: cluster.datacenter,
    version: versions[product],
    image: `${images[product]}:${versions[product]}`,
    logLevel: config[product].logLevel,
  });

  const consulJoin = consulServerHosts.map((host) => `${host.address}:${consul.ports.serfLan}`);
  const planConsul = (host: HostConfig, server: boolean): ConsulAgentPlan => ({
    ...agent(host, "consul"),
    server,
    bootstrapExpect: consulServerHosts.length,
    join: except(consulJoin, `${host.address}:${consul.ports.serfLan}`),
    ports: consul.ports,
    url: url(host, consul.ports.http),
    ...(host.roles.includes("ingress") ? { canaryPort: fabio.ports.ui } : {}),
  });

  const nomadJoin = nomadServerHosts.map((host) => `${host.address}:${nomad.ports.serf}`);
  const nomadRpc = nomadServerHosts.map((host) => `${host.address}:${nomad.ports.rpc}`);
  const nomadPorts = (http: number) => ({ http, rpc: nomad.ports.rpc, serf: nomad.ports.serf });
  const clientHttp = (host: HostConfig) =>
    host.roles.includes("nomad-server") ? nomad.ports.clientHttp : nomad.ports.http;

  return {
    cluster: {
      name: cluster.name,
      sandbox: cluster.sandbox,
      datacenter: cluster.datacenter,
      region: cluster.region,
    },
    hosts: config.hosts.map((host) => ({
      name: host.name,
      address: host.address,
      loopback: isLoopback(host.address),
      substrate: host.substrate,
      endpoint: host.docker.endpoint,
    })),
    consulServers: consulServerHosts.map((host) => planConsul(host, true)),
    consulClients: config.hosts
      .filter((host) => !host.roles.includes("consul-server"))
      .map((host) => planConsul(host, false)),
    nomadServers: nomadServerHosts.map((host) => ({
      ...agent(host, "nomad"),
      region: cluster.region,
      bootstrapExpect: nomadServerHosts.length,
      join: except(nomadJoin, `${host.address}:${nomad.ports.serf}`),
      ports: nomadPorts(nomad.ports.http),
      consulPort: consul.ports.http,
      url: url(host, nomad.ports.http),
    })),
    nomadClients: nomadClientHosts.map((host) => ({
      ...agent(host, "nomad"),
      region: cluster.region,
      servers: nomadRpc,
      ports: nomadPorts(clientHttp(host)),
      consulPort: consul.ports.http,
      drivers: nomad.drivers,
      url: url(host, clientHttp(host)),
    })),
    fabios: ingressHosts.map((host) => ({
      ...agent(host, "fabio"),
      ports: fabio.ports,
      consulPort: consul.ports.http,
      url: url(host, fabio.ports.proxy),
      uiUrl: `http://127.0.0.1:${fabio.ports.ui}`,
    })),
    healthTimeoutSeconds: config.health.timeoutSeconds,
  };
}

function url(host: HostConfig, port: number): string {
  return `http://${host.address}:${port}`;
}

function except(list: readonly string[], own: string): string[] {
  return list.filter((entry) => entry !== own);
}

/** Servers by the name and the URL under which they are asked about their cluster. */
export function serverRefs(servers: readonly { host: string; url: string }[]): { name: string; url: string }[] {
  return servers.map(({ host, url }) => ({ name: host, url }));
}
