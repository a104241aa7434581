import {
  containerOutputs,
  observedInputs,
  observedOutputs,
} from "../../../../offline/plugins/docker/container/outputs";
import { containerProperties } from "../../../../offline/plugins/docker/container/properties";
import type { Values } from "../../../../offline/plugins/kit/definition";
import { diffBridged } from "../../../../offline/plugins/kit/diffBridged";
import { checked, inspected } from "./fixtures";

test("the state of a container with nothing but an image, as the Terraform bridge records it", () => {
  expect(containerOutputs(inspected(), checked({}))).toEqual({
    attach: false,
    bridge: undefined,
    capabilities: null,
    command: ["agent"],
    containerReadRefreshTimeoutMilliseconds: 15000,
    cpuSet: "",
    cpuShares: 0,
    devices: [],
    domainname: "",
    entrypoints: [],
    envs: [],
    exitCode: undefined,
    healthcheck: null,
    hostname: "de8115c84772",
    hosts: [],
    id: "de8115c84772",
    image: "sha256:abc",
    init: false,
    ipcMode: "private",
    labels: [],
    logDriver: "json-file",
    logs: false,
    maxRetryCount: 0,
    memory: 0,
    memoryReservation: 0,
    memorySwap: 0,
    mounts: [],
    mustRun: true,
    name: "consul",
    networkDatas: [],
    networkMode: "bridge",
    networksAdvanced: [],
    pidMode: "",
    platform: "linux",
    ports: [],
    privileged: false,
    publishAllPorts: false,
    readOnly: false,
    removeVolumes: true,
    restart: "no",
    rm: false,
    runtime: "runc",
    securityOpts: [],
    shmSize: 64,
    start: true,
    stdinOpen: false,
    stopSignal: "",
    stopTimeout: 0,
    tty: false,
    ulimits: [],
    uploads: [],
    user: "",
    usernsMode: "",
    volumes: [],
    wait: false,
    waitTimeout: 60,
    workingDir: "",
  });
});

const rich: Values = {
  capabilities: { adds: ["SYS_ADMIN", "NET_ADMIN"] },
  destroyGraceSeconds: 30,
  envs: ["B=2", "A=1"],
  healthcheck: { tests: ["CMD", "true"], interval: "90s" },
  labels: [
    { label: "z", value: "1" },
    { label: "a", value: "2" },
  ],
  mounts: [{ type: "bind", source: "/opt", target: "/opt", bindOptions: { propagation: "rshared" } }],
  networkMode: "host",
  restart: "unless-stopped",
  uploads: [
    { file: "/etc/b", content: "2" },
    { file: "/etc/a", content: "1", permissions: "0600" },
  ],
  volumes: [{ volumeName: "data", containerPath: "/data" }],
};
const richlyInspected = inspected({
  HostConfig: { NetworkMode: "host", RestartPolicy: { Name: "unless-stopped" }, MemorySwap: 0 },
});

test("nested objects are recorded whole, sets in order, durations as Go prints them", () => {
  expect(containerOutputs(richlyInspected, checked(rich))).toMatchObject({
    capabilities: { adds: ["NET_ADMIN", "SYS_ADMIN"], drops: [] },
    envs: ["A=1", "B=2"],
    healthcheck: {
      interval: "1m30s",
      retries: 0,
      startInterval: "0s",
      startPeriod: "0s",
      tests: ["CMD", "true"],
      timeout: "0s",
    },
    labels: [
      { label: "a", value: "2" },
      { label: "z", value: "1" },
    ],
    mounts: [
      {
        bindOptions: { propagation: "rshared" },
        readOnly: false,
        source: "/opt",
        target: "/opt",
        tmpfsOptions: null,
        type: "bind",
        volumeOptions: null,
      },
    ],
    uploads: [
      {
        content: "1",
        contentBase64: "",
        executable: false,
        file: "/etc/a",
        permissions: "0600",
        source: "",
        sourceHash: "",
      },
      {
        content: "2",
        contentBase64: "",
        executable: false,
        file: "/etc/b",
        permissions: "",
        source: "",
        sourceHash: "",
      },
    ],
    volumes: [{ containerPath: "/data", fromContainer: "", hostPath: "", readOnly: false, volumeName: "data" }],
  });
});

test("what was just created is no change, and what was read is none either", () => {
  const inputs = checked(rich);
  for (const state of [containerOutputs(richlyInspected, inputs), observedOutputs(richlyInspected, inputs)]) {
    expect(diffBridged(state, inputs as unknown as Values, containerProperties, true)).toEqual([]);
  }
  expect(observedInputs(richlyInspected, inputs)).toEqual(inputs);
});

test("settings that come from the image are no change where the program is silent", () => {
  const inspect = inspected({
    Config: {
      User: "app",
      WorkingDir: "/app",
      StopSignal: "SIGQUIT",
      Healthcheck: { Test: ["CMD", "x"], Interval: 1e9 },
    },
  });
  const inputs = checked({});
  const state = containerOutputs(inspect, inputs);
  expect(state).toMatchObject({
    user: "app",
    workingDir: "/app",
    healthcheck: { interval: "1s", tests: ["CMD", "x"] },
  });
  expect(diffBridged(state, inputs as unknown as Values, containerProperties, true)).toEqual([]);
});

test("a container that should run and does not is recorded as one that need not, which is a change", () => {
  const inputs = checked({});
  const stopped = inspected({ State: { Running: false, ExitCode: 137 } });
  const state = observedOutputs(stopped, inputs);
  expect(state).toMatchObject({ mustRun: false, exitCode: 137 });
  expect(observedInputs(stopped, inputs)).toMatchObject({ mustRun: false });
  expect(diffBridged(state, inputs as unknown as Values, containerProperties, true)).toEqual([
    { path: "mustRun", kind: "update", replaces: false },
  ]);
});

test.each([
  ["that may stop", { mustRun: false }],
  ["that was never started", { start: false }],
])("a stopped container %s is no change", (_what, given) => {
  const inputs = checked(given);
  const state = observedOutputs(inspected({ State: { Running: false } }), inputs);
  expect(diffBridged(state, inputs as unknown as Values, containerProperties, true)).toEqual([]);
});

test("host ports that the engine chose are recorded, in the program's order", () => {
  const inputs = checked({ ports: [{ internal: 90 }, { internal: 80, external: 8080 }] });
  const inspect = inspected({
    NetworkSettings: {
      Ports: {
        "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }],
        "90/tcp": [
          { HostIp: "::", HostPort: "32770" },
          { HostIp: "0.0.0.0", HostPort: "32769" },
        ],
      },
    },
  });
  const state = containerOutputs(inspect, inputs);
  expect(state.ports).toEqual([
    { internal: 90, external: 32769, ip: "0.0.0.0", protocol: "tcp" },
    { internal: 80, external: 8080, ip: "0.0.0.0", protocol: "tcp" },
  ]);
  expect(diffBridged(state, inputs as unknown as Values, containerProperties, true)).toEqual([]);
});

test.each<[string, Values, string, boolean]>([
  ["an upload's content", { uploads: [{ file: "/etc/b", content: "3" }] }, "uploads[0].content", true],
  ["the command", { command: ["agent", "-dev"] }, "command[1]", true],
  ["the image", { image: "sha256:def" }, "image", true],
  ["a label", { labels: [{ label: "a", value: "2" }] }, "labels", true],
  ["the restart policy", { restart: "always" }, "restart", false],
  ["the memory limit", { memory: 64 }, "memory", false],
  ["the grace when destroyed", { destroyGraceSeconds: 30 }, "destroyGraceSeconds", false],
  ["the health check", { healthcheck: { tests: ["CMD", "true"] } }, "healthcheck", false],
  ["the network", { networkMode: "host" }, "networkMode", true],
])("a change of %s", (_what, given, path, replaces) => {
  const before = checked({ uploads: given.uploads ? [{ file: "/etc/b", content: "2" }] : undefined });
  const changes = diffBridged(
    containerOutputs(inspected(), before),
    checked(given) as unknown as Values,
    containerProperties,
    true,
  );
  expect(changes).toHaveLength(1);
  expect(changes[0]?.path.startsWith(path)).toBe(true);
  expect(changes[0]?.replaces).toBe(replaces);
});
