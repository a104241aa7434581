import { isLoopback } from "./address";
import type { HostAccess } from "./config/access";
import type { Driver } from "./config/fields";
import { expandHosts, type HostConfig } from "./config/hosts";
import type { Role, StackConfig } from "./config/schema";
import { type FabioJobPlan, planFabioJob } from "./fabio/jobPlan";
import type { HostPlan, SoftwarePlan, SshPlan, Substrate } from "./hosts/plan";
import { planVault, type VaultPlan } from "./nomad/vaultPlan";

/** What stands between the cluster and whoever reaches its ports. */
export interface SecurityPlan {
  /** Own certificate authority; RPC by mutual TLS, HTTPS in place of HTTP. */
  readonly tls: boolean;
  /** Access control that denies by default. */
  readonly acl: boolean;
  /** Encrypted gossip. */
  readonly gossip: boolean;
}

/** What every agent of the cluster shares. */
export interface ClusterPlan {
  readonly name: string;
  readonly sandbox: boolean;
  /** Whether Pulumi refuses to delete what holds a server's data. */
  readonly protect: boolean;
  /** Consul's datacenter, and the default one of Nomad's agents. */
  readonly datacenter: string;
  readonly region: string;
  readonly security: SecurityPlan;
}

/** What an agent on one host must know. */
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
  readonly security: SecurityPlan;
}

/** The Consul agent on the same host, as its neighbours ask it. */
export interface LocalConsul {
  /** Port of its API on loopback: HTTPS where the cluster has TLS. */
  readonly port: number;
}

export interface ConsulAgentPlan extends AgentPlan {
  readonly server: boolean;
  /** Servers that elect the first leader together. */
  readonly bootstrapExpect: number;
  /** Gossip addresses of the servers to join: every one but itself. */
  readonly join: readonly string[];
  readonly ports: StackConfig["consul"]["ports"];
  /** URL of its HTTP or HTTPS API. */
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
  readonly consul: LocalConsul;
  /** Absent where tasks have no Vault. */
  readonly vault?: VaultPlan;
  readonly url: string;
}

export interface NomadClientPlan extends AgentPlan {
  readonly region: string;
  /** RPC addresses of all servers. */
  readonly servers: readonly string[];
  readonly ports: { readonly http: number; readonly rpc: number; readonly serf: number };
  readonly consul: LocalConsul;
  /** Absent where tasks have no Vault. */
  readonly vault?: VaultPlan;
  /** Name of the cluster: by it a client is known as this stack's. */
  readonly cluster: string;
  readonly drivers: readonly Driver[];
  readonly nodePool: string;
  readonly nodeClass?: string;
  readonly meta: Readonly<Record<string, string>>;
  /** Directories of the machine that jobs may ask for, by name. */
  readonly hostVolumes: Readonly<Record<string, { readonly path: string; readonly readOnly: boolean }>>;
  readonly url: string;
  /** Seconds that its tasks have to move when it is taken out of the stack; absent where they are not moved. */
  readonly drainSeconds?: number;
}

export interface FabioPlan extends AgentPlan {
  readonly ports: StackConfig["fabio"]["ports"];
  readonly consul: LocalConsul;
  /** URL of its proxy. */
  readonly url: string;
  /** URL of its UI: on loopback of its host. */
  readonly uiUrl: string;
  /** Whether it serves HTTPS, too, with a certificate of its own. */
  readonly certificate: boolean;
}

/** What the stack keeps in Consul and Nomad besides agents and jobs; nothing of it is secret. */
export interface CatalogPlan {
  readonly consulKeys: Readonly<Record<string, string>>;
  readonly serviceDefaults: StackConfig["consul"]["serviceDefaults"];
  readonly intentions: StackConfig["consul"]["intentions"];
  /** Descriptions of Nomad namespaces beside `default`, by name. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Node pools that clients are in, but for those that Nomad has anyway. */
  readonly nodePools: readonly string[];
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
  /** The job that runs them, where they are no agents of their hosts. */
  readonly fabioJob?: FabioJobPlan;
  readonly catalog: CatalogPlan;
  readonly healthTimeoutSeconds: number;
}

/** Texts that hosts get, out of the configuration or of files that it names. */
export interface PlannedTexts {
  /** The key that signs Ubuntu hosts' software. */
  readonly signingKey?: string;
  /** Certificate of the authority that signed Vault's. */
  readonly vaultAuthority?: string;
}

/**
 * Decides the whole cluster from a valid configuration. Pure, and linear in hosts.
 *
 * @param access how hosts are reached over SSH, by name; those that are not may be left out
 * @param texts what the files hold that the configuration names
 */
export function planTopology(
  config: StackConfig,
  access: ReadonlyMap<string, HostAccess> = new Map(),
  texts: PlannedTexts = {},
): Topology {
  const { cluster, consul, nomad, fabio, images, versions } = config;
  const hosts = expandHosts(config);
  const security = securityOf(config);
  const scheme = security.tls ? "https" : "http";
  const having = (role: Role) => hosts.filter((host) => host.roles.includes(role));
  const consulServerHosts = having("consul-server");
  const nomadServerHosts = having("nomad-server");

  const agent = (host: HostConfig, product: "consul" | "nomad" | "fabio"): AgentPlan => ({
    host: host.name,
    address: host.address,
    loopback: isLoopback(host.address),
    datacenter: product === "nomad" ? host.datacenter : cluster.datacenter,
    version: versions[product],
    image: `${images[product]}:${versions[product]}`,
    logLevel: config[product].logLevel,
    security,
  });

  const consulPort = security.tls ? consul.ports.https : consul.ports.http;
  const consulJoin = consulServerHosts.map((host) => `${host.address}:${consul.ports.serfLan}`);
  const planConsul = (host: HostConfig, server: boolean): ConsulAgentPlan => ({
    ...agent(host, "consul"),
    server,
    bootstrapExpect: consulServerHosts.length,
    join: except(consulJoin, `${host.address}:${consul.ports.serfLan}`),
    ports: consul.ports,
    url: `${scheme}://${host.address}:${consulPort}`,
    ...(host.roles.includes("ingress") ? { canaryPort: fabio.ports.ui } : {}),
  });

  const nomadJoin = nomadServerHosts.map((host) => `${host.address}:${nomad.ports.serf}`);
  const nomadRpc = nomadServerHosts.map((host) => `${host.address}:${nomad.ports.rpc}`);
  const vault = planVault(config.vault, texts.vaultAuthority);
  const nomadPorts = (http: number) => ({ http, rpc: nomad.ports.rpc, serf: nomad.ports.serf });
  const clientHttp = (host: HostConfig) =>
    host.roles.includes("nomad-server") ? nomad.ports.clientHttp : nomad.ports.http;
  const planClient = (host: HostConfig): NomadClientPlan => ({
    ...agent(host, "nomad"),
    region: cluster.region,
    servers: nomadRpc,
    ports: nomadPorts(clientHttp(host)),
    consul: { port: consulPort },
    ...(vault ? { vault } : {}),
    cluster: cluster.name,
    drivers: host.drivers,
    nodePool: host.nodePool,
    ...(host.nodeClass ? { nodeClass: host.nodeClass } : {}),
    meta: host.meta,
    hostVolumes: host.hostVolumes,
    url: `${scheme}://${host.address}:${clientHttp(host)}`,
    ...(cluster.sandbox ? {} : { drainSeconds: nomad.drainSeconds }),
  });

  const fabios = having("ingress").map(
    (host): FabioPlan => ({
      ...agent(host, "fabio"),
      ports: fabio.ports,
      consul: { port: consulPort },
      url: `http://${host.address}:${fabio.ports.proxy}`,
      uiUrl: `http://127.0.0.1:${fabio.ports.ui}`,
      certificate: fabio.certificate !== undefined,
    }),
  );
  const fabioJob = fabio.runsAs === "nomad-job" ? planFabioJob(fabios, cluster.region) : undefined;

  return {
    cluster: { ...cluster, protect: cluster.protect ?? !cluster.sandbox, security },
    hosts: hosts.map((host) => ({
      name: host.name,
      address: host.address,
      loopback: isLoopback(host.address),
      substrate: substrateOf(host, config, access.get(host.name), texts.signingKey),
    })),
    consulServers: consulServerHosts.map((host) => planConsul(host, true)),
    consulClients: hosts.filter((host) => !host.roles.includes("consul-server")).map((host) => planConsul(host, false)),
    nomadServers: nomadServerHosts.map((host) => ({
      ...agent(host, "nomad"),
      region: cluster.region,
      bootstrapExpect: nomadServerHosts.length,
      join: except(nomadJoin, `${host.address}:${nomad.ports.serf}`),
      ports: nomadPorts(nomad.ports.http),
      consul: { port: consulPort },
      ...(vault ? { vault } : {}),
      url: `${scheme}://${host.address}:${nomad.ports.http}`,
    })),
    nomadClients: having("nomad-client").map(planClient),
    fabios,
    ...(fabioJob ? { fabioJob } : {}),
    catalog: {
      consulKeys: consul.keys,
      serviceDefaults: consul.serviceDefaults,
      intentions: consul.intentions,
      namespaces: Object.fromEntries(
        Object.entries(nomad.namespaces).map(([name, { description }]) => [name, description]),
      ),
      nodePools: [...new Set(having("nomad-client").map(({ nodePool }) => nodePool))]
        .filter((name) => !["default", "all"].includes(name))
        .sort(),
    },
    healthTimeoutSeconds: config.health.timeoutSeconds,
  };
}

function securityOf({ cluster, security }: StackConfig): SecurityPlan {
  const { tls = !cluster.sandbox, acl = !cluster.sandbox, gossip = !cluster.sandbox } = security;
  return { tls, acl, gossip };
}

function substrateOf(
  host: HostConfig,
  config: StackConfig,
  access: HostAccess | undefined,
  signingKey: string | undefined,
): Substrate {
  const ssh = access?.ssh;
  switch (host.substrate) {
    case "docker":
      return { kind: "docker", ...host.docker, ...(ssh ? { ssh, endpoint: sshEndpoint(ssh) } : {}) };
    case "ubuntu": {
      if (ssh === undefined) {
        throw new Error(`host ${host.name} is an Ubuntu host, and nothing was said of how it is reached`);
      }
      return {
        kind: "ubuntu",
        ssh,
        software: softwareOf(config, signingKey),
        docker: host.roles.includes("nomad-client") && host.drivers.includes("docker"),
        registryMirrors: config.software.registryMirrors,
        consulDnsPort: config.consul.ports.dns,
        keepData: config.software.keepData,
      };
    }
    default:
      return host.substrate satisfies never;
  }
}

/** Docker's own client knows no more than its endpoint says: who logs in must stand there, wherever it was written. */
function sshEndpoint({ user, address, port }: SshPlan): string {
  return `ssh://${user}@${address}${port === 22 ? "" : `:${port}`}`;
}

function softwareOf({ software }: StackConfig, signingKey: string | undefined): SoftwarePlan {
  const { source, hashicorpReleases, fabioReleases, apt, pinned } = software;
  return { source, hashicorpReleases, fabioReleases, apt, pinned, ...(signingKey ? { signingKey } : {}) };
}

function except(list: readonly string[], own: string): string[] {
  return list.filter((entry) => entry !== own);
}

/** Servers by the name and the URL under which they are asked about their cluster. */
export function serverRefs(servers: readonly { host: string; url: string }[]): { name: string; url: string }[] {
  return servers.map(({ host, url }) => ({ name: host, url }));
}

/** Those Fabios that are agents of their hosts: all, or none where a job of Nomad runs them. */
export function fabioAgents({ fabios, fabioJob }: Topology): readonly FabioPlan[] {
  return fabioJob ? [] : fabios;
}

/** Images of the agents that each host runs, by its name. */
export function imagesByHost(topology: Topology): Map<string, string[]> {
  const { consulServers, consulClients, nomadServers, nomadClients } = topology;
  const images = new Map<string, string[]>();
  for (const { host, image } of [
    consulServers,
    consulClients,
    nomadServers,
    nomadClients,
    fabioAgents(topology),
  ].flat()) {
    const own = images.get(host);
    if (own) {
      own.push(image);
    } else {
      images.set(host, [image]);
    }
  }
  return images;
}
