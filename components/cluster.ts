import type * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { ConsulClients, ConsulServers } from "./consul/consulAgents";
import { ConsulContents } from "./consul/consulContents";
import { Fabio } from "./fabio/fabio";
import { Gate } from "./health/gate";
import { clusterRequirements } from "./health/list";
import { createHosts } from "./hosts/hosts";
import { NomadClients } from "./nomad/nomadClients";
import { NomadContents } from "./nomad/nomadContents";
import { NomadServers } from "./nomad/nomadServers";
import type { StackSecrets } from "./secrets";
import { accessTo } from "./security/access";
import { Security } from "./security/security";
import { imagesByHost, type Topology } from "./topology";

export interface ClusterArgs {
  readonly topology: Topology;
  readonly secrets: StackSecrets;
}

/** Consul, Nomad and Fabio on the hosts of a topology, healthy together before anything else may use them. */
export class Cluster extends pulumi.ComponentResource {
  /** Nomad, once the whole cluster is healthy: what registers jobs uses this provider. */
  readonly nomadProvider: nomad.Provider;
  /** What the last gates found healthy. */
  readonly healthy: pulumi.Output<string>;
  /** What a person needs to get in. */
  readonly security: Security;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:index:Cluster", name, {}, opts);
    const { topology, secrets } = args;
    const own = { parent: this };
    const timeoutSeconds = topology.healthTimeoutSeconds;

    const security = new Security(
      `${name}-security`,
      { cluster: topology.cluster.name, plan: topology.cluster.security },
      own,
    );
    const access = accessTo(security);
    const hosts = createHosts(
      topology.hosts,
      { cluster: topology.cluster.name, images: imagesByHost(topology), secrets: secrets.hosts },
      own,
    );
    const shared = { hosts, security, access, timeoutSeconds };

    const consulServers = new ConsulServers(
      `${name}-consul-servers`,
      { ...shared, protect: topology.cluster.protect, servers: topology.consulServers },
      own,
    );
    const consul = new ConsulContents(
      `${name}-consul`,
      { topology, security, after: consulServers.ready, timeoutSeconds },
      own,
    );
    const consulClients = new ConsulClients(
      `${name}-consul-clients`,
      {
        ...shared,
        cluster: topology.cluster.name,
        servers: topology.consulServers.map(({ url }) => url),
        clients: topology.consulClients,
        after: consul.ready,
      },
      own,
    );
    const afterConsul = [...consul.ready, ...consulClients.agents.map(({ resource }) => resource)];
    // Fabio and a Nomad server start without a leader of Consul: in an open sandbox they do so while it is elected.
    const beside = topology.cluster.sandbox && !topology.cluster.security.acl;
    const consulAgents = [...consulServers.agents, ...consulClients.agents].map(({ resource }) => resource);
    const needsConsul = beside ? consulAgents : afterConsul;
    const fabio = new Fabio(
      `${name}-fabio`,
      { ...shared, topology, certificate: secrets.fabioCertificate, after: needsConsul },
      own,
    );
    const nomadServers = new NomadServers(
      `${name}-nomad-servers`,
      { ...shared, protect: topology.cluster.protect, servers: topology.nomadServers, after: needsConsul },
      own,
    );
    const contents = new NomadContents(
      `${name}-nomad`,
      {
        topology,
        security,
        variables: secrets.nomadVariables,
        servers: nomadServers.agents,
        after: nomadServers.ready,
        timeoutSeconds,
      },
      own,
    );
    const nomadClients = new NomadClients(
      `${name}-nomad-clients`,
      {
        ...shared,
        clients: topology.nomadClients,
        servers: topology.nomadServers.map(({ url }) => url),
        consulAgents: consulClients.byHost,
        after: beside ? [...afterConsul, ...contents.ready] : contents.ready,
      },
      own,
    );
    const tasks = consul.letTasksIn(contents.ready);

    const agents = [consulServers, consulClients, nomadServers, nomadClients, fabio].flatMap((part) => part.agents);
    const ids = agents.map(({ id }) => id);
    const gate = new Gate(
      `${name}-gate`,
      {
        title: `Cluster ${topology.cluster.name}`,
        timeoutSeconds,
        requirements: clusterRequirements(topology),
        access,
        agents: ids,
      },
      { parent: this, dependsOn: [...agents.map(({ resource }) => resource), ...nomadClients.drains, ...tasks] },
    );
    const ingress = fabio.registerJob(() => contents.provider(`${name}-nomad-ingress`, [gate]), ids);

    this.security = security;
    this.nomadProvider = contents.provider(`${name}-nomad-jobs`, [ingress ?? gate]);
    this.healthy = ingress ? pulumi.concat(gate.healthy, "\n", ingress.healthy) : gate.healthy;
    this.registerOutputs({ nomadProvider: this.nomadProvider, healthy: this.healthy });
  }
}
