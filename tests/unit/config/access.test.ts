import { type HostAccess, resolveAccess } from "../../../components/config/access";
import { expandHosts } from "../../../components/config/hosts";
import { parseConfig } from "../../../components/config/parse";
import type { Problem } from "../../../components/config/problem";
import { planTopology } from "../../../components/topology";
import { clusterOf, engineTls, type Raw } from "../../support/configs";

const pem = (name: string) => `-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`;

const files: Record<string, string> = {
  id: pem("from a file"),
  other: pem("from another file"),
  known:
    "10.2.0.1 ssh-ed25519 OWN\n[10.2.0.1]:2222 ssh-ed25519 PORT\ngate ssh-rsa GATE\n10.3.0.1 ssh-ed25519 G1\n10.3.0.2 ssh-ed25519 G2\n",
  empty: "",
  "ca.pem": "the authority",
  "cert.pem": "a certificate",
  "key.pem": "a key",
};

const asked: string[] = [];
function read(path: string): string {
  asked.push(path);
  const text = files[path];
  if (text === undefined) {
    throw Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
  }
  return text;
}

/** Three servers and a client on tcp://, one Ubuntu host of its own, and a group where one is wanted. */
function stack({ ssh, host, group }: { ssh?: object; host?: object; group?: object }): Raw {
  const raw = clusterOf(3, 1);
  const own = { name: "own", address: "10.2.0.1", substrate: "ubuntu", roles: ["nomad-client"], ...host };
  const hosts = { g1: "10.3.0.1", g2: "10.3.0.2" };
  return {
    ...raw,
    hosts: [...(raw.hosts as object[]), own],
    ...(ssh ? { ssh } : {}),
    ...(group ? { groups: { web: { substrate: "ubuntu", roles: ["nomad-client"], hosts, ...group } } } : {}),
  };
}

function resolved(raw: Raw): { access: Map<string, HostAccess>; problems: Problem[] } {
  const { config, problems } = parseConfig(raw);
  expect(problems).toEqual([]);
  return config ? resolveAccess(expandHosts(config), read) : { access: new Map(), problems: [] };
}

const pinned = { hostKey: "ssh-ed25519 AAAA comment of somebody" };
const waived = { insecureIgnoreHostKey: true };
const plan = { address: "10.2.0.1", port: 22, user: "ops", agent: false };
const withKey = { user: "ops", privateKey: pem("given"), ...pinned };
const gate = { address: "gate", port: 22, user: "ops", agent: false };

const reached: readonly (readonly [what: string, host: object, access: HostAccess])[] = [
  [
    "with a key in the configuration, and a pinned host key without its comment",
    { ssh: withKey },
    { ssh: { ...plan, hostKey: "ssh-ed25519 AAAA" }, secrets: { privateKey: pem("given") } },
  ],
  [
    "with files",
    { ssh: { user: "ops", privateKeyFile: "id", knownHostsFile: "known" } },
    { ssh: { ...plan, hostKey: "ssh-ed25519 OWN" }, secrets: { privateKey: pem("from a file") } },
  ],
  [
    "at another port, which has its own line among known hosts",
    { ssh: { user: "ops", privateKeyFile: "id", knownHostsFile: "known", port: 2222 } },
    { ssh: { ...plan, port: 2222, hostKey: "ssh-ed25519 PORT" }, secrets: { privateKey: pem("from a file") } },
  ],
  [
    "with the person's agent",
    { ssh: { user: "ops", agent: true, ...pinned } },
    { ssh: { ...plan, agent: true, hostKey: "ssh-ed25519 AAAA" }, secrets: {} },
  ],
  [
    "unchecked, where that is waived",
    { ssh: { user: "ops", agent: true, ...waived } },
    { ssh: { ...plan, agent: true }, secrets: {} },
  ],
  [
    "checked all the same, where its key is known",
    { ssh: { user: "ops", agent: true, ...waived, knownHostsFile: "known" } },
    { ssh: { ...plan, agent: true, hostKey: "ssh-ed25519 OWN" }, secrets: {} },
  ],
  [
    "unchecked, where its key is not known and that is waived",
    { ssh: { user: "ops", agent: true, ...waived, knownHostsFile: "empty" } },
    { ssh: { ...plan, agent: true }, secrets: {} },
  ],
  [
    "with a password for sudo",
    { ssh: { ...withKey, sudoPassword: "hunter2" } },
    { ssh: { ...plan, hostKey: "ssh-ed25519 AAAA" }, secrets: { privateKey: pem("given"), sudoPassword: "hunter2" } },
  ],
  [
    "through a bastion that takes the same key and user",
    { ssh: { ...withKey, bastion: { address: "gate", hostKey: "ssh-rsa B" } } },
    {
      ssh: { ...plan, hostKey: "ssh-ed25519 AAAA", bastion: { ...gate, hostKey: "ssh-rsa B" } },
      secrets: { privateKey: pem("given"), bastionPrivateKey: pem("given") },
    },
  ],
  [
    "through a bastion of another user and key, known by the same file",
    {
      ssh: {
        user: "ops",
        agent: true,
        knownHostsFile: "known",
        bastion: { address: "gate", user: "jump", privateKeyFile: "other" },
      },
    },
    {
      ssh: {
        ...plan,
        agent: true,
        hostKey: "ssh-ed25519 OWN",
        bastion: { ...gate, user: "jump", hostKey: "ssh-rsa GATE" },
      },
      secrets: { bastionPrivateKey: pem("from another file") },
    },
  ],
  [
    "through a bastion with the same agent",
    { ssh: { user: "ops", agent: true, knownHostsFile: "known", bastion: { address: "gate" } } },
    {
      ssh: {
        ...plan,
        agent: true,
        hostKey: "ssh-ed25519 OWN",
        bastion: { ...gate, agent: true, hostKey: "ssh-rsa GATE" },
      },
      secrets: {},
    },
  ],
  [
    "at its engine, where that says who and where",
    { substrate: "docker", docker: { endpoint: "ssh://deploy@10.9.9.9:2222" }, ssh: { ...withKey, port: 1 } },
    {
      ssh: { ...plan, address: "10.9.9.9", port: 2222, user: "deploy", hostKey: "ssh-ed25519 AAAA" },
      secrets: { privateKey: pem("given") },
    },
  ],
  [
    "not at all, where its engine is this machine's",
    { substrate: "docker", docker: { endpoint: "unix:///x" } },
    { secrets: {} },
  ],
  [
    "with certificates at tcp://",
    { substrate: "docker", docker: { endpoint: "tcp://h:2376", tls: engineTls } },
    { secrets: { engine: { ca: "the authority", cert: "a certificate", key: "a key" } } },
  ],
];

test.each(reached.map(([what, host, access]) => ({ what, host, access })))(
  "a host is reached $what",
  ({ host, access }) => {
    const found = resolved(stack({ host }));
    expect(found.problems).toEqual([]);
    expect(found.access.get("own")).toEqual(access);
  },
);

const one = (where: string, value: unknown, message: string): Problem => ({ where, value, message });
const noUser = "missing; say who logs in, here or under `ssh.user`";
const noKey = "no key to log in with; set privateKey (as a secret), privateKeyFile or agent: true, here or under `ssh`";
const noHostKey = (remedy: string) =>
  `missing; without it whoever answers in the machine's place gets its secrets. ${remedy}, or waive it: insecureIgnoreHostKey: true`;
const scan = (address: string, port = 22) => `ssh-keyscan -p ${port} ${address}`;
const setOne = (address: string) => `Set hostKey or knownHostsFile (${scan(address)} shows the key)`;
const unknown = (address: string, port = 22) =>
  `holds no key of ${address}, port ${port}; add it after comparing it on the machine (${scan(address, port)})`;
const noFile = "there is no such file; paths are relative to the project";

const refused: readonly (readonly [what: string, raw: Raw, ...problems: Problem[]])[] = [
  [
    "nothing is said of",
    stack({}),
    one("hosts[4].ssh.user", undefined, noUser),
    one("hosts[4].ssh.privateKey", undefined, noKey),
    one("hosts[4].ssh.hostKey", undefined, noHostKey(setOne("10.2.0.1"))),
  ],
  [
    "nothing is said of, on the engine behind SSH that is the default",
    stack({ host: { substrate: "docker" } }),
    one("hosts[4].ssh.user", undefined, noUser),
    one("hosts[4].ssh.privateKey", undefined, noKey),
    one("hosts[4].ssh.hostKey", undefined, noHostKey(setOne("10.2.0.1"))),
  ],
  [
    "whose files are not there",
    stack({ host: { ssh: { user: "ops", privateKeyFile: "gone", knownHostsFile: "gone too" } } }),
    one("hosts[4].ssh.privateKeyFile", "gone", noFile),
    one("hosts[4].ssh.knownHostsFile", "gone too", noFile),
  ],
  [
    "that known_hosts does not know at that port",
    stack({ host: { ssh: { user: "ops", agent: true, knownHostsFile: "known", port: 2200 } } }),
    one("hosts[4].ssh.knownHostsFile", "known", unknown("10.2.0.1", 2200)),
  ],
  [
    "whose bastion is not known",
    stack({ host: { ssh: { ...withKey, bastion: { address: "10.8.8.8" } } } }),
    one("hosts[4].ssh.bastion.hostKey", undefined, noHostKey(setOne("10.8.8.8"))),
  ],
  [
    "whose bastion known_hosts does not know: the file stands with the host",
    stack({
      ssh: { user: "ops", agent: true, knownHostsFile: "known" },
      host: { ssh: { bastion: { address: "10.8.8.8" } } },
    }),
    one("ssh.knownHostsFile", "known", unknown("10.8.8.8")),
  ],
  [
    "whose bastion's key is not there",
    stack({ ssh: { ...waived, user: "ops", agent: true, bastion: { address: "gate", privateKeyFile: "gone" } } }),
    one("ssh.bastion.privateKeyFile", "gone", noFile),
  ],
  [
    "whose engine's certificates are not there",
    stack({
      host: {
        substrate: "docker",
        docker: { endpoint: "tcp://h:2376", tls: { caFile: "a", certFile: "b", keyFile: "c" } },
      },
    }),
    one("hosts[4].docker.tls.caFile", "a", noFile),
    one("hosts[4].docker.tls.certFile", "b", noFile),
    one("hosts[4].docker.tls.keyFile", "c", noFile),
  ],
  [
    "of a group that says nothing: told once, at keys that a group has",
    stack({ host: { ssh: withKey }, group: {} }),
    one("groups.web.ssh.user", undefined, noUser),
    one("groups.web.ssh.privateKey", undefined, noKey),
    one("groups.web.ssh.knownHostsFile", undefined, noHostKey("Set knownHostsFile")),
  ],
  [
    "that share a file which is not there: told once, where it is named",
    stack({ ssh: { user: "ops", privateKeyFile: "gone", knownHostsFile: "empty2" }, group: {} }),
    one("ssh.privateKeyFile", "gone", noFile),
    one("ssh.knownHostsFile", "empty2", noFile),
  ],
  [
    "of a group that a shared file does not know: each by its address",
    stack({ ssh: { user: "ops", agent: true, knownHostsFile: "empty" }, host: { ssh: pinned }, group: {} }),
    one("ssh.knownHostsFile", "empty", unknown("10.3.0.1")),
    one("ssh.knownHostsFile", "empty", unknown("10.3.0.2")),
  ],
];

test.each(refused.map(([what, raw, ...problems]) => ({ what, raw, problems })))("hosts $what", ({ raw, problems }) => {
  expect(resolved(raw).problems).toEqual(problems);
});

test("a file that cannot be read says why", () => {
  const { config } = parseConfig(stack({ host: { ssh: { ...withKey, privateKey: undefined, privateKeyFile: "x" } } }));
  const denied = () => {
    throw new Error("EACCES: permission denied, open 'x'");
  };
  expect(config && resolveAccess(expandHosts(config).slice(4), denied).problems).toEqual([
    one("hosts[4].ssh.privateKeyFile", "x", "EACCES: permission denied, open 'x'; paths are relative to the project"),
  ]);
});

test("files that hosts share are read once", () => {
  asked.length = 0;
  resolved(stack({ ssh: { user: "ops", privateKeyFile: "id", knownHostsFile: "known" }, group: {} }));
  expect(asked.sort()).toEqual(["ca.pem", "cert.pem", "id", "key.pem", "known"]);
});

test("Docker's own client is told who logs in, wherever that was said", () => {
  const host = { substrate: "docker", docker: { endpoint: "ssh://10.2.0.1" }, ssh: { ...withKey, port: 2222 } };
  const raw = stack({ host });
  const { config } = parseConfig(raw);
  const own = config && planTopology(config, resolved(raw).access).hosts[4];
  expect(own?.substrate).toMatchObject({ kind: "docker", endpoint: "ssh://ops@10.2.0.1:2222" });
});
