import { warningsOf } from "../../../components/warnings";
import { clusterOf, lockedClusterOf, type Raw, sandbox, topologyOf } from "../../support/configs";

const off = (setting: string) => ({
  tls: `Cluster hashistack runs without TLS (${setting}): whoever is on its network reads and changes what agents say, tokens too.`,
  acl: `Cluster hashistack runs without ACLs (${setting}): whoever reaches its ports owns it.`,
  gossip: `Cluster hashistack runs without gossip encryption (${setting}): whoever reaches its gossip ports can join it.`,
});
const tls = off("security.tls").tls;
const acl = off("security.acl").acl;
const gossip = off("security.gossip").gossip;
const open = off("cluster.sandbox");

const oneFabio = "Fabio runs on c1 alone: when that host is away, nothing is reached.";
const noFabio = "No host has the role ingress: no Fabio runs, and no route leads in.";
const rawExec = (hosts: string) =>
  `The driver raw_exec is on at ${hosts}: whoever may run jobs there is root on that machine.`;
const unchecked = (who: string) =>
  `The SSH host key of ${who} is not checked (insecureIgnoreHostKey): whoever answers in its place gets its secrets.`;

const locked = lockedClusterOf(3, 2, 2);
const hosts = locked.hosts as Raw[];
const without = (...names: string[]): Raw => ({
  ...locked,
  security: Object.fromEntries(names.map((name) => [name, false])),
});
const changed = (change: (host: Raw, index: number) => Raw): Raw => ({ ...locked, hosts: hosts.map(change) });

/** Reached over SSH, with nothing checked. */
const waived = { user: "ops", agent: true, insecureIgnoreHostKey: true };
const ubuntu = { substrate: "ubuntu", docker: {} };
const pinned = { ...waived, hostKey: "ssh-ed25519 AAAA" };

const oneMachine = {
  ...sandbox,
  hosts: [{ ...(sandbox.hosts as Raw[])[0], address: "10.0.0.1", docker: { endpoint: "unix:///x" } }],
};

test.each<[string, Raw, string[]]>([
  ["a sandbox on loopback", sandbox, []],
  ["a sandbox on a network", oneMachine, [open.tls, open.acl, open.gossip]],
  ["a locked sandbox on a network", { ...oneMachine, security: { tls: true, acl: true, gossip: true } }, []],
  ["a locked cluster with two Fabios", locked, []],
  ["a cluster without TLS", without("tls"), [tls]],
  ["a cluster without ACLs", without("acl"), [acl]],
  ["a cluster without gossip encryption", without("gossip"), [gossip]],
  ["a cluster without any of them", without("tls", "acl", "gossip"), [tls, acl, gossip]],
  ["an open cluster with one Fabio", clusterOf(3, 2), [tls, acl, gossip, oneFabio]],
  ["a locked cluster with one Fabio", lockedClusterOf(3, 2), [oneFabio]],
  ["a cluster without Fabio", lockedClusterOf(3, 2, 0), [noFabio]],
  [
    "a sandbox without Fabio",
    { ...sandbox, hosts: [{ ...(sandbox.hosts as Raw[])[0], roles: both("nomad-client") }] },
    [noFabio],
  ],
  ["raw_exec everywhere", { ...locked, nomad: { drivers: ["exec", "raw_exec"] } }, [rawExec("c1, c2")]],
  [
    "raw_exec on one machine",
    changed((host) => (host.name === "c2" ? { ...host, drivers: ["raw_exec"] } : host)),
    [rawExec("c2")],
  ],
  [
    "raw_exec where no client runs",
    changed((host) => (host.name === "s1" ? { ...host, drivers: ["raw_exec"] } : host)),
    [],
  ],
  [
    "machines whose host keys are waived",
    changed((host, i) => (i > 2 ? { ...host, ...ubuntu, ssh: waived } : host)),
    [unchecked("c1"), unchecked("c2")],
  ],
  [
    "an engine behind SSH whose host key is waived",
    changed((host, i) => (i > 3 ? { ...host, docker: { endpoint: "ssh://ops@10.9.9.9" }, ssh: waived } : host)),
    [unchecked("c2")],
  ],
  [
    "a machine whose host key is pinned all the same, behind a bastion whose is not",
    changed((host, i) => (i > 3 ? { ...host, ...ubuntu, ssh: { ...pinned, bastion: { address: "gate" } } } : host)),
    [unchecked("the bastion of c2")],
  ],
  [
    "Consul servers without Nomad servers beside them",
    apart(locked),
    [
      "Consul asks s4 alone for the keys of tasks' identities, because not every Consul server has a Nomad server beside it: " +
        "while that host is away, new tasks get no Consul tokens.",
    ],
  ],
  ["the same without ACLs, where tasks have no tokens", apart(without("acl")), [acl]],
])("warnings of %s", (_what, raw, warnings) => {
  expect(warningsOf(topologyOf(raw))).toEqual(warnings);
});

function both(...more: string[]): string[] {
  return ["consul-server", "nomad-server", ...more];
}

/** Three servers of Consul, three others of Nomad. */
function apart(raw: Raw): Raw {
  const { hosts: six } = lockedClusterOf(6, 2, 2) as { hosts: Raw[] };
  const role = (index: number) => (index < 3 ? "consul-server" : "nomad-server");
  return { ...raw, hosts: six.map((host, index) => (index < 6 ? { ...host, roles: [role(index)] } : host)) };
}
