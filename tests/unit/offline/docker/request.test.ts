import {
  attachments,
  createRequest,
  updatable,
  updateRequest,
} from "../../../../offline/plugins/docker/container/request";
import { checked } from "./fixtures";

test("a container with nothing but an image", () => {
  expect(createRequest(checked({}))).toEqual({
    name: "consul",
    Image: "sha256:abc",
    Tty: false,
    OpenStdin: false,
    Labels: {},
    ExposedPorts: {},
    Volumes: {},
    HostConfig: {
      Privileged: false,
      PublishAllPorts: false,
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      Mounts: [],
      AutoRemove: false,
      ReadonlyRootfs: false,
      LogConfig: { Type: "", Config: {} },
      PortBindings: {},
      NetworkMode: "bridge",
      Init: false,
    },
  });
});

test.each<[string, Parameters<typeof checked>[0], object]>([
  ["host networking", { networkMode: "host" }, { HostConfig: { NetworkMode: "host" } }],
  ["a command", { command: ["agent", "-dev"] }, { Cmd: ["agent", "-dev"] }],
  ["an entry point", { entrypoints: ["/bin/nomad"] }, { Entrypoint: ["/bin/nomad"] }],
  ["environment", { envs: ["A=1"] }, { Env: ["A=1"] }],
  ["labels", { labels: [{ label: "a", value: "1" }] }, { Labels: { a: "1" } }],
  [
    "capabilities",
    { capabilities: { adds: ["SYS_ADMIN"], drops: ["ALL"] } },
    { HostConfig: { CapAdd: ["SYS_ADMIN"], CapDrop: ["ALL"] } },
  ],
  [
    "a published port",
    { ports: [{ internal: 80, external: 8080, ip: "127.0.0.1" }] },
    {
      ExposedPorts: { "80/tcp": {} },
      HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] } },
    },
  ],
  [
    "one port on two addresses",
    {
      ports: [
        { internal: 53, external: 53, ip: "127.0.0.1", protocol: "udp" },
        { internal: 53, external: 53, ip: "10.0.0.1", protocol: "udp" },
      ],
    },
    {
      HostConfig: {
        PortBindings: {
          "53/udp": [
            { HostIp: "127.0.0.1", HostPort: "53" },
            { HostIp: "10.0.0.1", HostPort: "53" },
          ],
        },
      },
    },
  ],
  [
    "volumes, by name, by path, anonymous and from another container",
    {
      volumes: [
        { volumeName: "data", containerPath: "/data" },
        { hostPath: "/etc/ssl", containerPath: "/ssl", readOnly: true },
        { containerPath: "/scratch" },
        { fromContainer: "other" },
      ],
    },
    {
      Volumes: { "/data": {}, "/ssl": {}, "/scratch": {} },
      HostConfig: { Binds: ["data:/data:rw", "/etc/ssl:/ssl:ro"], VolumesFrom: ["other"] },
    },
  ],
  [
    "a bind mount that passes mounts on",
    { mounts: [{ type: "bind", source: "/opt", target: "/opt", bindOptions: { propagation: "rshared" } }] },
    {
      HostConfig: {
        Mounts: [
          { Type: "bind", Source: "/opt", Target: "/opt", ReadOnly: false, BindOptions: { Propagation: "rshared" } },
        ],
      },
    },
  ],
  [
    "a health check",
    { healthcheck: { tests: ["CMD", "true"], interval: "1m30s", timeout: "500ms", retries: 3 } },
    { Healthcheck: { Test: ["CMD", "true"], Interval: 90e9, Timeout: 5e8, StartPeriod: 0, Retries: 3 } },
  ],
  ["memory in MiB", { memory: 256, memorySwap: -1 }, { HostConfig: { Memory: 268435456, MemorySwap: -1 } }],
  [
    "a restart policy",
    { restart: "on-failure", maxRetryCount: 4 },
    { HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 4 } } },
  ],
  ["hosts", { hosts: [{ host: "gw", ip: "host-gateway" }] }, { HostConfig: { ExtraHosts: ["gw:host-gateway"] } }],
  [
    "ulimits",
    { ulimits: [{ name: "nofile", soft: 1, hard: 2 }] },
    { HostConfig: { Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }] } },
  ],
  [
    "logging",
    { logDriver: "local", logOpts: { "max-size": "10m" } },
    { HostConfig: { LogConfig: { Type: "local", Config: { "max-size": "10m" } } } },
  ],
  [
    "a device",
    { devices: [{ hostPath: "/dev/fuse" }] },
    {
      HostConfig: {
        Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" }],
      },
    },
  ],
  [
    "namespaces",
    { pidMode: "host", ipcMode: "host", cgroupnsMode: "host" },
    { HostConfig: { PidMode: "host", IpcMode: "host", CgroupnsMode: "host" } },
  ],
  ["tmpfs", { tmpfs: { "/run": "size=64m" } }, { HostConfig: { Tmpfs: { "/run": "size=64m" } } }],
  ["stopping", { stopSignal: "SIGINT", stopTimeout: 30 }, { StopSignal: "SIGINT", StopTimeout: 30 }],
])("%s", (_what, given, part) => {
  expect(createRequest(checked(given))).toMatchObject(part);
});

test("networks are joined one by one", () => {
  const inputs = checked({ networksAdvanced: [{ name: "lab", aliases: ["one"], ipv4Address: "10.9.0.11" }] });
  expect(attachments(inputs)).toEqual([
    { network: "lab", endpoint: { Aliases: ["one"], IPAMConfig: { IPv4Address: "10.9.0.11" } } },
  ]);
});

test("only limits and the restart policy change in a living container", () => {
  const before = checked({ restart: "no" });
  const after = checked({ restart: "always", memory: 64, command: ["x"] });
  expect(updatable(before, after)).toEqual(["restart", "memory"]);
  expect(updateRequest(after)).toEqual({
    Memory: 67108864,
    RestartPolicy: { Name: "always", MaximumRetryCount: 0 },
  });
});
