import type { Facts, RunningContainer } from "../../../tasks/preflight/facts";
import { formatFindings, judge, older, type PreflightPlan } from "../../../tasks/preflight/judge";

const plan: PreflightPlan = {
  ports: [{ port: 8500, address: "127.0.0.1", purpose: "Consul HTTP" }],
  ownLabel: "hashistack.cluster=hashistack",
  ownTaskLabels: ["com.hashicorp.nomad.node_name=sandbox"],
  dockerVersion: "20.10.0",
  diskGib: 4,
  memoryMib: 1024,
  runsTasks: true,
};

const good: Facts = {
  listeners: [],
  containers: [],
  engine: { version: "20.10.24+dfsg1", root: "/var/lib/docker" },
  disks: [{ uses: ["images"], path: "/var/lib/docker", freeGib: 50 }],
  availableMemoryMib: 8000,
  cgroups: { version: 1, controllers: ["cpu", "cpuset", "freezer", "memory", "pids"] },
  volumes: { folder: "/var/lib/docker/volumes", shared: true },
};

const id = "a".repeat(64);
const container = (labels: Record<string, string>, published = false): RunningContainer => ({
  id,
  name: "web",
  labels,
  ports: published ? [{ protocol: "tcp", address: "127.0.0.1", port: 8500 }] : [],
});
const listener = (address: string, process?: { pid: number; name: string; container?: string }) => ({
  protocol: "tcp" as const,
  address,
  port: 8500,
  ...(process ? { process } : {}),
});
const said = (facts: Partial<Facts>, wish: Partial<PreflightPlan> = {}) =>
  judge({ ...plan, ...wish }, { ...good, ...facts }).map(({ severity, what }) => `${severity}: ${what}`);

test("a good machine gives nothing to say", () => {
  expect(said({})).toEqual([]);
});

describe("ports", () => {
  const other = { pid: 7, name: "python3" };
  test.each([
    ["the same address", "127.0.0.1", "127.0.0.1", true],
    ["any address holds every one", "0.0.0.0", "127.0.0.1", true],
    ["any IPv6 address holds IPv4 too", "::", "127.0.0.1", true],
    ["another address holds nothing", "10.0.0.1", "127.0.0.1", false],
    ["wanted on any, one is held", "10.0.0.1", "0.0.0.0", true],
  ])("%s", (_, held, address, found) => {
    const wish = { ports: [{ port: 8500, address, purpose: "Consul HTTP" }] };
    expect(said({ listeners: [listener(held, other)] }, wish)).toEqual(
      found ? [`error: tcp port 8500 on ${address} (Consul HTTP) is held by python3 (process 7)`] : [],
    );
  });

  test("another protocol's port of that number is free", () => {
    const wish = { ports: [{ port: 8500, address: "127.0.0.1", protocol: "udp" as const, purpose: "DNS" }] };
    expect(said({ listeners: [listener("127.0.0.1", other)] }, wish)).toEqual([]);
  });

  test("a holder that cannot be seen is still a holder", () => {
    expect(said({ listeners: [listener("127.0.0.1")] })).toEqual([
      "error: tcp port 8500 on 127.0.0.1 (Consul HTTP) is held by a process that this user may not see",
    ]);
  });

  test("the stack's own agents, on the host's network, may hold their ports", () => {
    const process = { pid: 9, name: "consul", container: id };
    const facts = { listeners: [listener("127.0.0.1", process)] };
    expect(said({ ...facts, containers: [container({ "hashistack.cluster": "hashistack" })] })).toEqual([]);
    expect(said({ ...facts, containers: [container({ "hashistack.cluster": "other" })] })).toEqual([
      "error: tcp port 8500 on 127.0.0.1 (Consul HTTP) is held by the container web (consul, process 9)",
    ]);
  });

  test("a wish that may be met elsewhere is worth a warning", () => {
    const wish = {
      port: 8500,
      address: "127.0.0.1",
      purpose: "port http of the job web",
      severity: "warning" as const,
    };
    expect(said({ listeners: [listener("0.0.0.0", other)] }, { ports: [wish] })).toEqual([
      "warning: tcp port 8500 on 127.0.0.1 (port http of the job web) is held by python3 (process 7)",
    ]);
  });

  test("a published port is its container's, not the proxy's", () => {
    const listeners = [listener("127.0.0.1", { pid: 5, name: "docker-proxy" })];
    expect(said({ listeners, containers: [container({}, true)] })).toEqual([
      "error: tcp port 8500 on 127.0.0.1 (Consul HTTP) is held by the container web",
    ]);
    expect(said({ listeners, containers: [container({ "com.hashicorp.nomad.node_name": "sandbox" }, true)] })).toEqual(
      [],
    );
  });

  test("an engine without a proxy shows published ports all the same", () => {
    expect(said({ containers: [container({}, true)] })).toHaveLength(1);
  });
});

test.each<[string, Partial<Facts>, string[]]>([
  [
    "no engine",
    { engine: undefined, noEngine: "connection refused" },
    ["error: no Docker engine answers: connection refused"],
  ],
  [
    "an old engine",
    { engine: { version: "19.03.15", root: "/" } },
    ["error: the Docker engine is 19.03.15, and 20.10.0 or later is needed"],
  ],
  [
    "a full disk",
    { disks: [{ uses: ["images", "tools"], path: "/data", freeGib: 1.26 }] },
    ["error: 1.3 GiB are free at /data (images; tools), and 4 are needed"],
  ],
  ["little memory", { availableMemoryMib: 500.4 }, ["warning: 500 MiB of memory are available, 1024 are advisable"]],
  [
    "little memory, because the stack has it",
    { availableMemoryMib: 500, containers: [container({ "hashistack.cluster": "hashistack" })] },
    [],
  ],
  [
    "no control groups",
    { cgroups: undefined },
    ["error: no control groups are mounted at /sys/fs/cgroup, and without them a Nomad client does not start"],
  ],
  [
    "a controller is missing",
    { cgroups: { version: 2, controllers: ["cpu", "cpuset", "io", "pids"] } },
    ["error: control groups (version 2) lack memory"],
  ],
  [
    "version 2 has no freezer of its own",
    { cgroups: { version: 2, controllers: ["cpu", "cpuset", "memory", "pids"] } },
    [],
  ],
  [
    "volumes on a private mount",
    { volumes: { folder: "/v", shared: false } },
    ["error: /v is not on a shared mount: a Nomad client would not start"],
  ],
  [
    "nobody knows",
    { volumes: "timeout" },
    ["warning: whether tasks would see their secrets could not be found out: timeout"],
  ],
])("%s", (_, facts, expected) => {
  expect(said(facts)).toEqual(expected);
});

test("a machine without a Nomad client needs neither control groups nor shared mounts", () => {
  expect(said({ cgroups: undefined, volumes: { folder: "/v", shared: false } }, { runsTasks: false })).toEqual([]);
});

test("everything is found at once, errors are shown first, each with its remedy", () => {
  const findings = judge(plan, {
    ...good,
    engine: { version: "1.2.3", root: "/" },
    availableMemoryMib: 1,
    volumes: { folder: "/v", shared: false },
  });
  const text = formatFindings(findings);
  expect(findings.map(({ severity }) => severity)).toEqual(["error", "warning", "error"]);
  expect(text.match(/- (error|warning)/g)).toEqual(["- error", "- error", "- warning"]);
  expect(text).toContain("mount --bind /v /v && mount --make-shared /v");
  expect(findings.every(({ remedy }) => remedy.length > 5)).toBe(true);
});

test.each([
  ["20.10.24+dfsg1", "20.10.0", false],
  ["20.10.0", "20.10.0", false],
  ["20.9.99", "20.10.0", true],
  ["v28.2.2", "20.10.0", false],
  ["20.10", "20.10.1", true],
  ["27.0.0-rc.1", "27.0.0", false],
])("%s is older than %s: %s", (version, than, expected) => {
  expect(older(version, than)).toBe(expected);
});
