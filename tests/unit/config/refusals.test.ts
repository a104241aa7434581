import { parseConfig } from "../../../components/config/parse";
import type { Problem } from "../../../components/config/problem";
import { clusterOf, type Raw, sandbox } from "../../support/configs";

const allRoles = ["consul-server", "nomad-server", "nomad-client", "ingress"];
const host = { name: "sandbox", address: "127.0.0.1", roles: allRoles };

/** The sandbox with something changed in its only host. */
const withHost = (change: object): Raw => ({ ...sandbox, hosts: [{ ...host, ...change }] });
const withSection = (section: string, value: unknown): Raw => ({ ...sandbox, [section]: value });
const withPorts = (section: string, ports: unknown) => withSection(section, { ports });
const hostsOf = (raw: Raw) => raw.hosts as Raw[];
/** A cluster of three servers and one client with something changed in some of its hosts. */
function withHosts(changes: Record<number, Raw>): Raw {
  const raw = clusterOf(3, 1);
  return { ...raw, hosts: hostsOf(raw).map((each, index) => ({ ...each, ...changes[index] })) };
}

const oneOfRoles = "consul-server, nomad-server, nomad-client, ingress";
const label = "expected 1 to 63 lower-case letters, digits and inner hyphens";
const ipv4 = 'expected an IPv4 address, such as "10.0.0.11"';
const version = 'expected a version such as "1.11.3"';
const quoted = 'expected a version in quotes, such as "1.11.3"';
const repository = "expected an image repository without a tag, such as hashicorp/consul or mirror.example:5000/consul";
const unknownKey = "unknown key; see the configuration reference in docs/configuration.md";
const socket = "unix:///var/run/docker.sock";
const endpoint = "expected unix:///path, tcp://host:port or ssh://user@host";
const tooFew = "one server tolerates no loss; use 3 or more, or say `cluster.sandbox: true`";
const slower = (most: number) => `at most ${most}: every further voter only slows writes down`;
const even = (count: number, allowed: string) =>
  `an even number tolerates no more losses than ${count - 1}; use ${allowed}`;
const noClient = (name: string) =>
  `Fabio is a Nomad job (fabio.runsAs), and ingress host ${name} is no Nomad client; give it the role nomad-client, too`;
const noDocker = (name: string) =>
  `Fabio is a Nomad job (fabio.runsAs) that takes the driver docker, which ingress host ${name} does not offer; add it ` +
  "here or to nomad.drivers";
const consulServers = "hosts (role consul-server)";
const nomadServers = "hosts (role nomad-server)";

const unknownSection =
  "unknown key; expected one of cluster, versions, images, software, ssh, hosts, groups, consul, nomad, vault, fabio, health, " +
  "security, jobs";

type Case = readonly [what: string, raw: Raw, ...problems: Problem[]];
const one = (where: string, value: unknown, message: string): Problem => ({ where, value, message });

const cases: readonly Case[] = [
  ["key that is empty", withSection("", 1), { where: '""', message: unknownSection }],
  ["unknown key at the top", withSection("clutser", { name: "x" }), { where: "clutser", message: unknownSection }],
  ["unknown key in a section", withSection("health", { timeout: 5 }), one("health.timeout", undefined, unknownKey)],
  ["unknown key two levels down", withPorts("consul", { grpc: 8502 }), one("consul.ports.grpc", undefined, unknownKey)],
  ["unknown key of a host", withHost({ role: ["ingress"] }), one("hosts[0].role", undefined, unknownKey)],
  [
    "unknown key in a host's section",
    withHost({ docker: { endpiont: "unix:///x" } }),
    one("hosts[0].docker.endpiont", undefined, unknownKey),
  ],
  ["unknown key of a job", withSection("jobs", { nginx: { var: {} } }), one("jobs.nginx.var", undefined, unknownKey)],

  ["section that is text", withSection("cluster", "x"), one("cluster", "x", "expected a mapping")],
  ["section that is null", withSection("health", null), one("health", null, "expected a mapping")],
  [
    "flag that is text",
    withSection("cluster", { sandbox: "yes" }),
    one("cluster.sandbox", "yes", "expected a boolean"),
  ],
  [
    "cluster name",
    withSection("cluster", { sandbox: true, name: "My Cluster" }),
    one("cluster.name", "My Cluster", label),
  ],
  ["datacenter", withSection("cluster", { sandbox: true, datacenter: "-a" }), one("cluster.datacenter", "-a", label)],
  ["region", withSection("cluster", { sandbox: true, region: "" }), one("cluster.region", "", label)],

  [
    "hosts missing",
    { cluster: { sandbox: true } },
    one("hosts", undefined, "expected at least one host, here or in a group"),
  ],
  ["no hosts", withSection("hosts", []), one("hosts", undefined, "expected at least one host, here or in a group")],
  ["hosts that are a mapping", withSection("hosts", {}), one("hosts", {}, "expected a list")],
  ["host that is text", withSection("hosts", ["a"]), one("hosts[0]", "a", "expected a mapping")],
  ["host without a name", withHost({ name: undefined }), one("hosts[0].name", undefined, "missing; expected a string")],
  ["host without an address", withHost({ address: undefined }), one("hosts[0].address", undefined, `missing; ${ipv4}`)],
  ["host name with capitals", withHost({ name: "Web_1" }), one("hosts[0].name", "Web_1", label)],
  ["host name that is a domain", withHost({ name: "a.b" }), one("hosts[0].name", "a.b", label)],
  ["host name of 64 letters", withHost({ name: "a".repeat(64) }), one("hosts[0].name", "a".repeat(64), label)],
  ["address out of range", withHost({ address: "10.0.0.256" }), one("hosts[0].address", "10.0.0.256", ipv4)],
  ["address that is a name", withHost({ address: "localhost" }), one("hosts[0].address", "localhost", ipv4)],
  ["address of IPv6", withHost({ address: "::1" }), one("hosts[0].address", "::1", ipv4)],
  [
    "address of everywhere",
    withHost({ address: "0.0.0.0" }),
    one("hosts[0].address", "0.0.0.0", "expected the address at which the other hosts reach this one, not 0.0.0.0"),
  ],
  [
    "loopback address that nothing listens on",
    withHost({ address: "127.0.0.2" }),
    one("hosts[0].address", "127.0.0.2", "expected 127.0.0.1, the only loopback address that is used"),
  ],
  ["unknown role", withHost({ roles: ["boss"] }), one("hosts[0].roles[0]", "boss", `expected one of ${oneOfRoles}`)],
  ["no role", withHost({ roles: [] }), one("hosts[0].roles", [], `expected at least one of ${oneOfRoles}`)],
  ["roles that are text", withHost({ roles: "ingress" }), one("hosts[0].roles", "ingress", "expected a list")],
  [
    "a role twice",
    withHost({ roles: [...allRoles, "ingress"] }),
    one("hosts[0].roles", [...allRoles, "ingress"], "expected every role once"),
  ],
  [
    "unknown substrate",
    withHost({ substrate: "vm" }),
    one("hosts[0].substrate", "vm", "expected one of docker, ubuntu"),
  ],
  [
    "engine over http",
    withHost({ docker: { endpoint: "http://10.0.0.1" } }),
    one("hosts[0].docker.endpoint", "http://10.0.0.1", endpoint),
  ],
  [
    "engine without a path",
    withHost({ docker: { endpoint: "unix://" } }),
    one("hosts[0].docker.endpoint", "unix://", endpoint),
  ],

  ["version without a patch", withSection("versions", { nomad: "1.11" }), one("versions.nomad", "1.11", version)],
  ["version that is a word", withSection("versions", { consul: "latest" }), one("versions.consul", "latest", version)],
  ["version with a v", withSection("versions", { fabio: "v1.7.2" }), one("versions.fabio", "v1.7.2", version)],
  [
    "version without quotes, a number to YAML",
    withSection("versions", { consul: 1.22 }),
    one("versions.consul", 1.22, quoted),
  ],
  [
    "repository with a tag",
    withSection("images", { consul: "hashicorp/consul:1.22.7" }),
    one("images.consul", "hashicorp/consul:1.22.7", "expected no tag: the version is set under `versions`"),
  ],
  [
    "repository with blanks",
    withSection("images", { nomad: "hashi corp" }),
    one("images.nomad", "hashi corp", repository),
  ],

  [
    "port beyond all numbers",
    withPorts("consul", { http: 1e300 }),
    one("consul.ports.http", 1e300, "expected a whole number"),
  ],
  ["port 0", withPorts("consul", { http: 0 }), one("consul.ports.http", 0, "expected 1 to 65535")],
  ["port 65536", withPorts("fabio", { proxy: 65_536 }), one("fabio.ports.proxy", 65_536, "expected 1 to 65535")],
  ["port in parts", withPorts("nomad", { rpc: 80.5 }), one("nomad.ports.rpc", 80.5, "expected a whole number")],
  ["port in quotes", withPorts("nomad", { serf: "4648" }), one("nomad.ports.serf", "4648", "expected a whole number")],
  [
    "port of another product",
    withPorts("consul", { http: 4646 }),
    one("nomad.ports.http", 4646, "consul.ports.http uses this port already; give each its own"),
  ],
  [
    "one port twice in a product",
    withPorts("fabio", { ui: 9999 }),
    one("fabio.ports.ui", 9999, "fabio.ports.proxy uses this port already; give each its own"),
  ],

  [
    "log level",
    withSection("consul", { logLevel: "loud" }),
    one("consul.logLevel", "loud", "expected one of trace, debug, info, warn, error"),
  ],
  [
    "no drivers",
    withSection("nomad", { drivers: [] }),
    one("nomad.drivers", [], "expected at least one of docker, exec, raw_exec, qemu"),
  ],
  [
    "unknown driver",
    withSection("nomad", { drivers: ["java"] }),
    one("nomad.drivers[0]", "java", "expected one of docker, exec, raw_exec, qemu"),
  ],
  [
    "a driver twice",
    withSection("nomad", { drivers: ["exec", "exec"] }),
    one("nomad.drivers", ["exec", "exec"], "expected every driver once"),
  ],
  [
    "time-out too short",
    withSection("health", { timeoutSeconds: 9 }),
    one("health.timeoutSeconds", 9, "expected 10 to 3600"),
  ],
  [
    "time-out too long",
    withSection("health", { timeoutSeconds: 3601 }),
    one("health.timeoutSeconds", 3601, "expected 10 to 3600"),
  ],
  [
    "time-out in words",
    withSection("health", { timeoutSeconds: "10s" }),
    one("health.timeoutSeconds", "10s", "expected a number"),
  ],

  ["jobs as a list", withSection("jobs", ["nginx"]), one("jobs", ["nginx"], "expected a mapping")],
  ["job that is a number", withSection("jobs", { nginx: 1 }), one("jobs.nginx", 1, "expected a mapping")],
  [
    "job variable that is a list",
    withSection("jobs", { nginx: { vars: { port: [80] } } }),
    one("jobs.nginx.vars.port", "[secret]", "expected a string, a number or a boolean"),
  ],

  [
    "way of running Fabio that does not exist",
    withSection("fabio", { runsAs: "job" }),
    one("fabio.runsAs", "job", "expected one of agent, nomad-job"),
  ],
  [
    "ingress hosts that are no Nomad clients, where Fabio is a job of Nomad",
    { ...withHosts({ 0: { roles: ["consul-server", "nomad-server", "ingress"] } }), fabio: { runsAs: "nomad-job" } },
    one("hosts[0].roles", ["consul-server", "nomad-server", "ingress"], noClient("s1")),
  ],
  [
    "ingress hosts of a group that cannot run Fabio as a job of Nomad",
    {
      ...clusterOf(3, 1),
      groups: {
        edge: { roles: ["ingress"], hosts: { e1: "10.2.0.1", e2: "10.2.0.2" } },
        web: { roles: ["nomad-client", "ingress"], drivers: ["exec", "raw_exec"], hosts: { w1: "10.2.1.1" } },
      },
      fabio: { runsAs: "nomad-job" },
    },
    one("groups.edge.roles", ["ingress"], noClient("e1")),
    one("groups.edge.roles", ["ingress"], noClient("e2")),
    one("groups.web.drivers", ["exec", "raw_exec"], noDocker("w1")),
  ],
  [
    "clients without Docker that are to run Fabio as a job of Nomad",
    { ...sandbox, nomad: { drivers: ["exec"] }, fabio: { runsAs: "nomad-job" } },
    one("hosts[0].drivers", ["exec"], noDocker("sandbox")),
  ],
  [
    "namespace that is Fabio's own",
    { ...sandbox, nomad: { namespaces: { ingress: {} } }, fabio: { runsAs: "nomad-job" } },
    one(
      "nomad.namespaces.ingress",
      undefined,
      "Fabio's job has this namespace for itself (fabio.runsAs), because its tasks may do in Consul what Fabio may; give " +
        "this one another name",
    ),
  ],
  [
    "no server and no client",
    withHost({ roles: ["ingress"] }),
    one("hosts", undefined, "no host has the role consul-server; give it to at least one"),
    one("hosts", undefined, "no host has the role nomad-server; give it to at least one"),
    one("hosts", undefined, "no host has the role nomad-client; give it to at least one"),
  ],
  [
    "two hosts of one name",
    withHosts({ 2: { name: "s1" } }),
    one("hosts[2].name", "s1", "hosts[0] has this name already; give every host its own"),
  ],
  [
    "two hosts of one address",
    withHosts({ 1: { address: "10.0.0.1" } }),
    one("hosts[1].address", "10.0.0.1", "hosts[0] has this address already; give every host its own"),
  ],
  [
    "two hosts on one engine",
    withHosts({ 0: { docker: { endpoint: socket } }, 3: { docker: { endpoint: socket } } }),
    one("hosts[3].docker.endpoint", socket, "hosts[0] has this docker.endpoint already; give every host its own"),
  ],
  [
    "loopback among several hosts",
    withHosts({ 1: { address: "127.0.0.1" } }),
    one(
      "hosts[1].address",
      "127.0.0.1",
      "a loopback address cannot be reached by the other hosts; use the machine's own address",
    ),
  ],
  ["one server that is not a sandbox", clusterOf(1, 1), one(consulServers, 1, tooFew), one(nomadServers, 1, tooFew)],
  ["two servers", clusterOf(2, 1), one(consulServers, 2, even(2, "3")), one(nomadServers, 2, even(2, "3"))],
  [
    "two servers of a sandbox",
    { ...clusterOf(2, 1), cluster: { sandbox: true } },
    one(consulServers, 2, even(2, "1 or 3")),
    one(nomadServers, 2, even(2, "1 or 3")),
  ],
  ["four servers", clusterOf(4, 1), one(consulServers, 4, even(4, "3 or 5")), one(nomadServers, 4, even(4, "3 or 5"))],
  ["six servers", clusterOf(6, 1), one(consulServers, 6, slower(5)), one(nomadServers, 6, even(6, "5 or 7"))],
  ["seven servers of Consul", clusterOf(7, 1), one(consulServers, 7, slower(5))],
  ["nine servers", clusterOf(9, 1), one(consulServers, 9, slower(5)), one(nomadServers, 9, slower(7))],
];

test.each(cases.map(([what, raw, ...problems]) => ({ what, raw, problems })))(
  "$what is refused",
  ({ raw, problems }) => {
    const parsed = parseConfig(raw);
    expect(parsed.problems).toEqual(problems);
    expect(parsed.config).toBeUndefined();
  },
);

test("every mistake is told at once, those between well-formed sections too", () => {
  const raw = {
    ...withPorts("consul", { http: 9999, dns: "x" }),
    clutser: {},
    cluster: { name: "Ä" },
    hosts: [host, { ...host, address: "127.0.0.1" }],
    versions: { consul: 1.2, nomad: "one", fabio: null },
    security: { acl: "no" },
    fabio: { ports: { ui: 4646 } },
    jobs: { nginx: [] },
  };
  expect(parseConfig(raw).problems.map(({ where }) => where)).toEqual([
    "clutser",
    "cluster.name",
    "versions.consul",
    "versions.nomad",
    "versions.fabio",
    "consul.ports.dns",
    "security.acl",
    "jobs.nginx",
    "hosts[1].name",
    "hosts[1].address",
    "hosts[1].docker.endpoint",
    "hosts[0].address",
    "hosts[1].address",
  ]);
});

test("chosen jobs are known although other sections are wrong, so that their files can be checked in the same run", () => {
  const { chosenJobs, config } = parseConfig({ jobs: { nginx: null, sleep: { vars: { a: 1 } } } });
  expect(chosenJobs).toEqual({ nginx: { vars: {} }, sleep: { vars: { a: 1 } } });
  expect(config).toBeUndefined();
});
