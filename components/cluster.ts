import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { ConsulCluster } from "./consul/consulCluster";
import { canaryPath } from "./fabio/canary";
import { Fabio } from "./fabio/fabio";
import { Gate } from "./health/gate";
import type { Requirement } from "./health/requirement";
import { createHosts } from "./hosts/hosts";
import { NomadClients } from "./nomad/nomadClients";
import { NomadServers } from "./nomad/nomadServers";
import { serverRefs, type Topology } from "./topology";

export interface ClusterArgs {
  readonly topology: Topology;
}

/** Consul, Nomad and Fabio on the hosts of a topology, healthy together before anything else may use them. */
export class Cluster extends pulumi.ComponentResource {
  /** Nomad, once the whole cluster is healthy: what registers jobs uses this provider. */
  readonly nomadProvider: nomad.Provider;
  /** What the last gate found healthy. */
  readonly healthy: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:index:Cluster", name, {}, opts);
    const { topology } = args;
    const timeoutSeconds = topology.healthTimeoutSeconds;

    const hosts = createHosts(topology, { parent: this });
    const consul = new ConsulCluster(
      `${name}-consul`,
      { servers: topology.consulServers, clients: topology.consulClients, hosts, timeoutSeconds },
      { parent: this },
    );
    const fabio = new Fabio(`${name}-fabio`, { fabios: topology.fabios, hosts, after: consul.ready }, { parent: this });
    const servers = new NomadServers(
      `${name}-nomad-servers`,
      { servers: topology.nomadServers, hosts, after: consul.ready, timeoutSeconds },
      { parent: this },
    );
    const clients = new NomadClients(
      `${name}-nomad-clients`,
      { clients: topology.nomadClients, hosts, after: servers.ready },
      { parent: this },
    );
    const agents = [consul, servers, clients, fabio].flatMap((part) => part.agents);
    const gate = new Gate(
      `${name}-gate`,
      {
        title: `Cluster ${topology.cluster.name}`,
        timeoutSeconds,
        requirements: clusterRequirements(topology),
        agents: agents.map(({ id }) => id),
      },
      { parent: this, dependsOn: agents.map(({ resource }) => resource) },
    );

    this.nomadProvider = new nomad.Provider(
      `${name}-nomad`,
      // A known address keeps previews of jobs whole; the gate keeps the provider from being used too early.
      { address: topology.nomadServers[0]?.url ?? "", region: topology.cluster.region },
      { parent: this, dependsOn: [gate] },
    );
    this.healthy = gate.healthy;
    this.registerOutputs({ nomadProvider: this.nomadProvider, healthy: this.healthy });
  }
}

/** What the whole cluster must be before jobs are registered. */
export function clusterRequirements(topology: Topology): Requirement[] {
  const consul = serverRefs(topology.consulServers);
  const nomadServers = serverRefs(topology.nomadServers);
  return [
    { kind: "quorum", product: "consul", servers: consul },
    {
      kind: "consul-members",
      servers: consul,
      members: [...topology.consulServers, ...topology.consulClients].map(({ host }) => host),
    },
    { kind: "quorum", product: "nomad", servers: nomadServers },
    {
      kind: "nomad-clients",
      servers: nomadServers,
      clients: topology.nomadClients.map(({ host, drivers }) => ({ name: host, drivers })),
    },
    {
      kind: "ingress",
      consul,
      fabios: topology.fabios.map(({ host, url }) => ({ name: host, url })),
      canaryPath,
    },
  ];
}
