import { parseConfig } from "../../../components/config/parse";
import type { Problem } from "../../../components/config/problem";
import { clusterOf, engineTls, type Raw, sandbox } from "../../support/configs";

const allRoles = ["consul-server", "nomad-server", "nomad-client", "ingress"];
const host = { name: "sandbox", address: "10.0.0.1", roles: allRoles };
const withHost = (change: object): Raw => ({ ...sandbox, hosts: [{ ...host, ...change }] });
const withSsh = (ssh: unknown): Raw => withHost({ substrate: "ubuntu", ssh });
const withEngine = (endpoint: string, more: object = {}): Raw => withHost({ docker: { endpoint, ...more } });
const withSection = (section: string, value: unknown): Raw => ({ ...sandbox, [section]: value });
const withGroups = (groups: unknown): Raw => ({ ...clusterOf(3, 1), groups });
const group = (change: object = {}) => ({
  roles: ["nomad-client"],
  hosts: { w1: "10.2.0.1", w2: "10.2.0.2" },
  ...change,
});

const pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA\n-----END OPENSSH PRIVATE KEY-----\n";
const label = "expected 1 to 63 lower-case letters, digits and inner hyphens";
const noName = (what: string) => `not a name that can stand here; ${what}`;
const unknownKey = "unknown key; see the configuration reference in docs/configuration.md";
const endpoint = "expected unix:///path, tcp://host:port or ssh://user@host";
const site = "expected http:// or https:// and a host: no user, no password, no slash at the end";
const notText = "expected the path of a file, not what stands in it";
const keyText = "expected the text of a key, which begins with -----BEGIN …-----";
const hostKey =
  "expected a type and a key, such as: ssh-ed25519 AAAA… (ssh-keyscan shows it; compare it on the machine itself)";
const openEngine = "missing; an engine on tcp:// without client certificates makes everyone who reaches it root";
const earlier = (where: string, key: string) => `${where} has this ${key} already; give every host its own`;
const secret = "[secret]";

type Case = readonly [what: string, raw: Raw, ...problems: Problem[]];
const one = (where: string, value: unknown, message: string): Problem => ({ where, value, message });

const cases: readonly Case[] = [
  [
    "login name",
    withSsh({ user: "Ops Team" }),
    one("hosts[0].ssh.user", "Ops Team", "expected a login name, such as ops"),
  ],
  [
    "option in place of a login name",
    withSsh({ user: "-oX" }),
    one("hosts[0].ssh.user", "-oX", "expected a login name, such as ops"),
  ],
  ["SSH port", withSsh({ port: 0 }), one("hosts[0].ssh.port", 0, "expected 1 to 65535")],
  ["private key that is a path", withSsh({ privateKey: "~/.ssh/id" }), one("hosts[0].ssh.privateKey", secret, keyText)],
  ["path that is a private key", withSsh({ privateKeyFile: pem }), one("hosts[0].ssh.privateKeyFile", secret, notText)],
  ["path of several lines", withSsh({ knownHostsFile: "a\nb" }), one("hosts[0].ssh.knownHostsFile", secret, notText)],
  ["path of nothing", withSsh({ privateKeyFile: "" }), one("hosts[0].ssh.privateKeyFile", "", "expected a path")],
  [
    "password of nothing",
    withSsh({ sudoPassword: "" }),
    one("hosts[0].ssh.sudoPassword", secret, "expected a password"),
  ],
  [
    "password that is a number",
    withSsh({ sudoPassword: 1234 }),
    one("hosts[0].ssh.sudoPassword", secret, "expected a string"),
  ],
  ["misspelt password", withSsh({ sudoPasword: "hunter2" }), one("hosts[0].ssh.sudoPasword", undefined, unknownKey)],
  ["way in that is text", withSsh("hunter2"), one("hosts[0].ssh", secret, "expected a mapping")],
  ["agent that is a word", withSsh({ agent: "yes" }), one("hosts[0].ssh.agent", "yes", "expected a boolean")],
  [
    "host key with the host before it",
    withSsh({ hostKey: "10.0.0.1 ssh-ed25519 AAAA" }),
    one("hosts[0].ssh.hostKey", "10.0.0.1 ssh-ed25519 AAAA", hostKey),
  ],
  ["host key without a type", withSsh({ hostKey: "AAAAC3Nz" }), one("hosts[0].ssh.hostKey", "AAAAC3Nz", hostKey)],
  [
    "host key for everyone",
    withSection("ssh", { hostKey: "ssh-ed25519 AAAA" }),
    one("ssh.hostKey", undefined, unknownKey),
  ],
  [
    "bastion without an address",
    withSsh({ bastion: {} }),
    one("hosts[0].ssh.bastion.address", undefined, "missing; expected a string"),
  ],
  [
    "bastion with a port in its address",
    withSsh({ bastion: { address: "gate:22" } }),
    one("hosts[0].ssh.bastion.address", "gate:22", "expected a host name or an IPv4 address, without user and port"),
  ],
  [
    "bastion of a bastion",
    withSsh({ bastion: { address: "a", bastion: {} } }),
    one("hosts[0].ssh.bastion.bastion", undefined, unknownKey),
  ],
  [
    "key twice",
    withSsh({ privateKey: pem, privateKeyFile: "id" }),
    one("hosts[0].ssh.privateKeyFile", undefined, "stands beside privateKey; take one of them out"),
  ],
  [
    "bastion's key twice",
    { ...withSsh({}), ssh: { bastion: { address: "a", privateKey: pem, privateKeyFile: "id" } } },
    one("ssh.bastion.privateKeyFile", undefined, "stands beside privateKey; take one of them out"),
  ],

  ...[
    "ssh://[::1",
    "ssh:///x",
    "ssh://h:99999",
    "ssh://a@b@c",
    "ssh://u@h/path",
    "ssh://h?x",
    "tcp://u@h:1",
    "ssh://-oX@h",
    "ssh://-oX",
  ].map((bad): Case => [`engine at ${bad}`, withEngine(bad), one("hosts[0].docker.endpoint", bad, endpoint)]),
  [
    "engine with a password",
    withEngine("ssh://ops:hunter2@h"),
    one("hosts[0].docker.endpoint", "ssh://ops:[secret]@h", "expected no password: over SSH one logs in with a key"),
  ],
  ["engine on tcp:// without TLS", withEngine("tcp://h:2376"), one("hosts[0].docker.tls", undefined, openEngine)],
  [
    "TLS with an engine over SSH",
    withEngine("ssh://ops@h", { tls: engineTls }),
    one("hosts[0].docker.tls", undefined, "goes with an endpoint tcp://, not with ssh://ops@h; take one of them out"),
  ],
  [
    "TLS with this machine's engine",
    withEngine("unix:///x", { tls: engineTls }),
    one("hosts[0].docker.tls", undefined, "goes with an endpoint tcp://, not with unix:///x; take one of them out"),
  ],
  [
    "TLS without a key",
    withEngine("tcp://h:2376", { tls: { caFile: "ca", certFile: "cert" } }),
    one("hosts[0].docker.tls.keyFile", undefined, "missing; expected a string"),
  ],

  [
    "volume without a path",
    withHost({ hostVolumes: { data: {} } }),
    one("hosts[0].hostVolumes.data.path", undefined, "missing; expected a string"),
  ],
  [
    "volume at a relative path",
    withHost({ hostVolumes: { data: { path: "data" } } }),
    one("hosts[0].hostVolumes.data.path", "data", "expected an absolute path"),
  ],
  [
    "volume's name",
    withHost({ hostVolumes: { X: { path: "/x" } } }),
    one("hosts[0].hostVolumes.X", undefined, noName(label)),
  ],
  [
    "name of metadata",
    withHost({ meta: { "a b": "c" } }),
    one('hosts[0].meta."a b"', undefined, noName("expected letters, digits, dots and hyphens")),
  ],
  ["metadata that is a number", withHost({ meta: { rack: 7 } }), one("hosts[0].meta.rack", 7, "expected text")],
  [
    "node class",
    withHost({ nodeClass: "a b" }),
    one("hosts[0].nodeClass", "a b", "expected letters, digits, dots and hyphens"),
  ],
  ["node pool", withHost({ nodePool: "A" }), one("hosts[0].nodePool", "A", label)],
  [
    "a driver twice",
    withHost({ drivers: ["exec", "exec"] }),
    one("hosts[0].drivers", ["exec", "exec"], "expected every driver once"),
  ],

  ["group's name", withGroups({ Web_1: group() }), one("groups.Web_1", undefined, noName(label))],
  [
    "group of a list",
    withGroups({ web: group({ hosts: ["10.2.0.1"] }) }),
    one("groups.web.hosts", ["10.2.0.1"], "expected a mapping"),
  ],
  [
    "name in a group",
    withGroups({ web: group({ hosts: { "a.b": "10.2.0.1" } }) }),
    one('groups.web.hosts."a.b"', undefined, noName(label)),
  ],
  [
    "address in a group",
    withGroups({ web: group({ hosts: { w1: "w1.example" } }) }),
    one("groups.web.hosts.w1", "w1.example", 'expected an IPv4 address, such as "10.0.0.11"'),
  ],
  [
    "host key of a group",
    withGroups({ web: group({ ssh: { hostKey: "x" } }) }),
    one("groups.web.ssh.hostKey", undefined, unknownKey),
  ],
  [
    "group with a host's name and address",
    withGroups({ web: group({ hosts: { c1: "10.2.0.1", w2: "10.0.0.1" } }) }),
    one("groups.web.hosts.c1", "c1", earlier("hosts[3]", "name")),
    one("groups.web.hosts.w2", "10.0.0.1", earlier("hosts[0]", "address")),
  ],
  [
    "two groups with a name and an address in common",
    withGroups({ a: group(), b: group({ hosts: { w1: "10.2.0.9", w9: "10.2.0.2" } }) }),
    one("groups.b.hosts.w1", "w1", earlier("groups.a.hosts.w1", "name")),
    one("groups.b.hosts.w9", "10.2.0.2", earlier("groups.a.hosts.w2", "address")),
    one("groups.b.docker.endpoint", "ssh://10.2.0.2", earlier("groups.a.hosts.w2", "docker.endpoint")),
  ],
  [
    "group on one engine",
    withGroups({ web: group({ docker: { endpoint: "unix:///x" } }) }),
    one("groups.web.docker.endpoint", "unix:///x", earlier("groups.web.hosts.w1", "docker.endpoint")),
  ],
  [
    "group's TLS with engines over SSH, told once for each of them",
    withGroups({ web: group({ docker: { tls: engineTls }, ssh: { user: "ops" } }) }),
    one(
      "groups.web.docker.tls",
      undefined,
      "goes with an endpoint tcp://, not with ssh://ops@10.2.0.1; take one of them out",
    ),
    one(
      "groups.web.docker.tls",
      undefined,
      "goes with an endpoint tcp://, not with ssh://ops@10.2.0.2; take one of them out",
    ),
  ],
  [
    "loopback in a group",
    withGroups({ web: group({ hosts: { w1: "127.0.0.1" } }) }),
    one(
      "groups.web.hosts.w1",
      "127.0.0.1",
      "a loopback address cannot be reached by the other hosts; use the machine's own address",
    ),
  ],

  [
    "source of software",
    withSection("software", { source: "snap" }),
    one("software.source", "snap", "expected one of zip, apt"),
  ],
  [
    "mirror with a slash",
    withSection("software", { hashicorpReleases: "https://m/" }),
    one("software.hashicorpReleases", "https://m/", site),
  ],
  [
    "mirror with a password",
    withSection("software", { fabioReleases: "https://ops:hunt/er2@m" }),
    one("software.fabioReleases", "https://ops:[secret]@m", site),
  ],
  [
    "registry mirror",
    withSection("software", { registryMirrors: ["m:5000"] }),
    one("software.registryMirrors[0]", "m:5000", site),
  ],
  [
    "pinned sum",
    withSection("software", { pinned: { "consul.zip": "abc" } }),
    one('software.pinned."consul.zip"', "abc", "expected 64 hexadecimal digits"),
  ],
  [
    "signing key that is a path",
    withSection("software", { signingKey: "key.asc" }),
    one("software.signingKey", "key.asc", keyText),
  ],

  [
    "variable that is a number",
    withSection("nomad", { variables: { a: { pin: 1234 } } }),
    one("nomad.variables.a.pin", secret, "expected text"),
  ],
  [
    "variables that are text",
    withSection("nomad", { variables: "hunter2" }),
    one("nomad.variables", secret, "expected a mapping"),
  ],
  [
    "misspelt variables",
    withSection("nomad", { variabels: { a: { b: "hunter2" } } }),
    one("nomad.variabels", undefined, unknownKey),
  ],
  [
    "what stands no more",
    withSection("security", { unprotected: true }),
    one("security.unprotected", undefined, unknownKey),
  ],
  ["lock that is a word", withSection("security", { tls: "off" }), one("security.tls", "off", "expected a boolean")],

  [
    "Vault in clear text",
    withSection("vault", { address: "http://vault.example:8200" }),
    one(
      "vault.address",
      "http://vault.example:8200",
      "secrets would travel in clear text; use https://, or a Vault on 127.0.0.1",
    ),
  ],
  [
    "Vault with a password",
    withSection("vault", { address: "https://root:hunter2@vault.example" }),
    one(
      "vault.address",
      "https://root:[secret]@vault.example",
      "expected http:// or https:// and a host: no user, no password, no slash at the end",
    ),
  ],
  [
    "authority of no Vault",
    withSection("vault", { caFile: "ca.pem", namespace: "team" }),
    one("vault.caFile", undefined, "says nothing without vault.address; set that too"),
    one("vault.namespace", undefined, "says nothing without vault.address; set that too"),
  ],
  [
    "authority of Vault that is there twice",
    withSection("vault", { address: "https://vault.example", ca: pem, caFile: "ca.pem" }),
    one("vault.caFile", undefined, "stands beside ca; take one of them out"),
  ],
  [
    "certificate without a key",
    withSection("fabio", { certificate: { certFile: "cert.pem" } }),
    one("fabio.certificate.key", undefined, "expected either key or keyFile"),
  ],
  [
    "certificate of nothing",
    withSection("fabio", { certificate: {} }),
    one("fabio.certificate.cert", undefined, "expected either cert or certFile"),
    one("fabio.certificate.key", undefined, "expected either key or keyFile"),
  ],
  [
    "certificate that is there twice",
    withSection("fabio", { certificate: { cert: pem, certFile: "cert.pem", keyFile: "key.pem" } }),
    one("fabio.certificate.cert", undefined, "expected either cert or certFile"),
  ],
  [
    "certificate that is text",
    withSection("fabio", { certificate: pem }),
    one("fabio.certificate", secret, "expected a mapping"),
  ],
];

test.each(cases.map(([what, raw, ...problems]) => ({ what, raw, problems })))(
  "$what is refused",
  ({ raw, problems }) => {
    const parsed = parseConfig(raw);
    expect(parsed.problems).toEqual(problems);
    expect(parsed.config).toBeUndefined();
  },
);

test("a thousand hosts of one group that lacks something are one problem", () => {
  const hosts = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`w${i}`, `10.3.${i >> 8}.${i & 255}`]));
  const { problems } = parseConfig(withGroups({ web: group({ hosts, docker: { endpoint: "tcp://h:2376" } }) }));
  expect(problems.map(({ where }) => where)).toEqual(["groups.web.docker.endpoint", "groups.web.docker.tls"]);
});
