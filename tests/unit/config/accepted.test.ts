import { parseConfig } from "../../../components/config/parse";
import { clusterOf, sandbox } from "../../support/configs";

test("a host is all that a sandbox needs: the rest has defaults", () => {
  expect(parseConfig(sandbox)).toEqual({
    config: {
      cluster: { name: "hashistack", sandbox: true, datacenter: "dc1", region: "global" },
      versions: { consul: "1.22.7", nomad: "1.11.3", fabio: "1.7.2" },
      images: { consul: "hashicorp/consul", nomad: "hashicorp/nomad", fabio: "fabiolb/fabio" },
      software: {
        source: "zip",
        hashicorpReleases: "https://releases.hashicorp.com",
        fabioReleases: "https://github.com/fabiolb/fabio/releases/download",
        apt: { url: "https://apt.releases.hashicorp.com", suite: "noble", component: "main" },
        pinned: {},
        registryMirrors: [],
        keepData: false,
      },
      ssh: {},
      hosts: [
        {
          name: "sandbox",
          address: "127.0.0.1",
          substrate: "docker",
          docker: {},
          roles: ["consul-server", "nomad-server", "nomad-client", "ingress"],
          nodePool: "default",
          meta: {},
          hostVolumes: {},
          ssh: {},
        },
      ],
      groups: {},
      consul: {
        logLevel: "info",
        ports: { http: 8500, https: 8501, dns: 8600, server: 8300, serfLan: 8301 },
        keys: {},
        serviceDefaults: {},
        intentions: {},
      },
      nomad: {
        logLevel: "info",
        drivers: ["docker", "exec"],
        drainSeconds: 600,
        ports: { http: 4646, rpc: 4647, serf: 4648, clientHttp: 4656 },
        namespaces: {},
        variables: {},
      },
      vault: { authPath: "jwt-nomad", role: "nomad-workloads" },
      fabio: { runsAs: "agent", logLevel: "info", ports: { proxy: 9999, tls: 9443, ui: 9998, metrics: 9997 } },
      health: { timeoutSeconds: 180 },
      security: {},
      jobs: {},
    },
    chosenJobs: {},
    problems: [],
  });
});

test.each([
  ["three servers", clusterOf(3, 1)],
  ["five servers", clusterOf(5, 1)],
  ["one server of a sandbox with a second machine", { ...clusterOf(1, 1), cluster: { sandbox: true } }],
  ["no ingress at all", clusterOf(3, 2, 0)],
  ["a pre-release", { ...sandbox, versions: { nomad: "1.12.0-beta.1+ent" } }],
  ["a mirror with a port", { ...sandbox, images: { consul: "mirror.example:5000/library/consul" } }],
  [
    "clients of a group",
    { ...clusterOf(3, 1), groups: { web: { roles: ["nomad-client"], hosts: { w1: "10.2.0.1" } } } },
  ],
  ["an engine over ssh", { ...clusterOf(3, 1), hosts: overSsh() }],
  ["Fabio as a Nomad job", { ...clusterOf(3, 2, 2), fabio: { runsAs: "nomad-job" } }],
  ["no Fabio at all, as a Nomad job", { ...clusterOf(3, 2, 0), fabio: { runsAs: "nomad-job" } }],
  [
    "a client without Docker where Fabio, as a Nomad job, does not run",
    { ...clusterOf(3, 2), hosts: withoutDocker("c2"), fabio: { runsAs: "nomad-job" } },
  ],
  [
    "a namespace called ingress where Fabio is an agent",
    { ...sandbox, nomad: { namespaces: { ingress: { description: "" } } } },
  ],
  ["swapped ports", { ...sandbox, consul: { ports: { http: 4646 } }, nomad: { ports: { http: 8500 } } }],
  ["a job without anything to say of it", { ...sandbox, jobs: { nginx: null, redis: {} } }],
])("%s is accepted", (_what, raw) => {
  expect(parseConfig(raw).problems).toEqual([]);
});

function withoutDocker(name: string): unknown[] {
  const hosts = clusterOf(3, 2).hosts as { name: string }[];
  return hosts.map((host) => (host.name === name ? { ...host, drivers: ["exec"] } : host));
}

function overSsh(): unknown[] {
  const hosts = clusterOf(3, 1).hosts as { address: string }[];
  return hosts.map((host) => ({ ...host, docker: { endpoint: `ssh://deploy@${host.address}:2222` } }));
}
