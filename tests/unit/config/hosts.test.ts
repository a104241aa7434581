import { expandHosts, type HostConfig } from "../../../components/config/hosts";
import { parseConfig } from "../../../components/config/parse";
import { clusterOf, type Raw } from "../../support/configs";

function hostsOf(raw: Raw): HostConfig[] {
  const { config, problems } = parseConfig(raw);
  expect(problems).toEqual([]);
  return config ? expandHosts(config) : [];
}

function hostOf(raw: Raw, name: string): HostConfig {
  const host = hostsOf(raw).find((each) => each.name === name);
  if (host === undefined) {
    throw new Error(`no host ${name}`);
  }
  return host;
}

const pem = (name: string) => `-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`;

/** Three servers and a client, one more client of its own, two of a group. */
function stack(change: { ssh?: object; group?: object; host?: object; more?: object }): Raw {
  const raw = clusterOf(3, 1);
  const own = { name: "own", address: "10.2.0.1", roles: ["nomad-client"], ...change.host };
  const group = { roles: ["nomad-client"], hosts: { g1: "10.3.0.1", g2: "10.3.0.2" }, ...change.group };
  return {
    ...raw,
    hosts: [...(raw.hosts as object[]), own],
    groups: { web: group },
    ...(change.ssh ? { ssh: change.ssh } : {}),
    ...change.more,
  };
}

test("hosts that were written one by one come first, then those of groups, each with the place where it stands", () => {
  expect(
    hostsOf(stack({})).map(({ name, address, where, traitsWhere }) => [name, address, where, traitsWhere]),
  ).toEqual([
    ["s1", "10.0.0.1", "hosts[0]", "hosts[0]"],
    ["s2", "10.0.0.2", "hosts[1]", "hosts[1]"],
    ["s3", "10.0.0.3", "hosts[2]", "hosts[2]"],
    ["c1", "10.1.0.1", "hosts[3]", "hosts[3]"],
    ["own", "10.2.0.1", "hosts[4]", "hosts[4]"],
    ["g1", "10.3.0.1", "groups.web.hosts.g1", "groups.web"],
    ["g2", "10.3.0.2", "groups.web.hosts.g2", "groups.web"],
  ]);
});

test("the hosts of a group have all that the group says", () => {
  const group = {
    substrate: "ubuntu",
    datacenter: "fra1",
    nodePool: "batch",
    nodeClass: "big",
    meta: { rack: "7" },
    drivers: ["raw_exec"],
    hostVolumes: { data: { path: "/srv" } },
    ssh: { user: "ops", port: 2222, bastion: { address: "gate" } },
  };
  for (const name of ["g1", "g2"]) {
    expect(hostOf(stack({ group }), name)).toMatchObject({
      ...group,
      name,
      roles: ["nomad-client"],
      hostVolumes: { data: { path: "/srv", readOnly: false } },
    });
  }
});

test("what neither a host nor its group says comes from the stack", () => {
  const more = { cluster: { datacenter: "dc7" }, nomad: { drivers: ["exec"] } };
  for (const name of ["own", "g1"]) {
    expect(hostOf(stack({ more }), name)).toMatchObject({
      substrate: "docker",
      datacenter: "dc7",
      drivers: ["exec"],
      nodePool: "default",
      meta: {},
      hostVolumes: {},
      ssh: {},
    });
  }
});

test("of SSH, the host's own word comes before the stack's, and the group's before it, key by key", () => {
  const raw = stack({
    ssh: { user: "all", port: 1, knownHostsFile: "known", sudoPassword: "all" },
    group: { ssh: { user: "group", port: 2 } },
    host: { ssh: { user: "host" } },
  });
  expect(hostOf(raw, "c1").ssh).toEqual({ user: "all", port: 1, knownHostsFile: "known", sudoPassword: "all" });
  expect(hostOf(raw, "g1").ssh).toEqual({ user: "group", port: 2, knownHostsFile: "known", sudoPassword: "all" });
  expect(hostOf(raw, "own").ssh).toEqual({ user: "host", port: 1, knownHostsFile: "known", sudoPassword: "all" });
  expect(hostOf(raw, "own").sshWhere).toEqual({
    user: "hosts[4].ssh.user",
    port: "ssh.port",
    knownHostsFile: "ssh.knownHostsFile",
    sudoPassword: "ssh.sudoPassword",
  });
  expect(hostOf(raw, "g1").sshWhere).toMatchObject({
    user: "groups.web.ssh.user",
    knownHostsFile: "ssh.knownHostsFile",
  });
});

const ways = [{ privateKey: pem("near") }, { privateKeyFile: "near" }, { agent: true }] as const;
const farWays = [{ privateKey: pem("far") }, { privateKeyFile: "far" }, { agent: true }] as const;

test.each(farWays.flatMap((far) => ways.map((near) => ({ far, near }))))(
  "the nearer way to log in replaces the farther one: $near instead of $far",
  ({ far, near }) => {
    expect(hostOf(stack({ ssh: far, host: { ssh: near } }), "own").ssh).toEqual(near);
    expect(hostOf(stack({ ssh: far, group: { ssh: near } }), "g1").ssh).toEqual(near);
  },
);

test("an agent that is turned off near by leaves the farther key alone", () => {
  const raw = stack({ ssh: { privateKeyFile: "far" }, host: { ssh: { agent: false } } });
  expect(hostOf(raw, "own").ssh).toEqual({ privateKeyFile: "far", agent: false });
});

test.each([
  [{}, "ssh://10.2.0.1"],
  [{ ssh: { user: "ops" } }, "ssh://ops@10.2.0.1"],
  [{ ssh: { port: 2222 } }, "ssh://10.2.0.1:2222"],
  [{ ssh: { user: "ops", port: 2222 } }, "ssh://ops@10.2.0.1:2222"],
  [{ docker: { endpoint: "unix:///x" }, ssh: { user: "ops" } }, "unix:///x"],
])("the engine of a host that says %j is %s", (host, endpoint) => {
  expect(hostOf(stack({ host }), "own").docker).toEqual({ endpoint });
});
