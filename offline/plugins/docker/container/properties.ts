import { property, type Value, type ValuesOf } from "../../kit/definition";
import { parseDuration } from "../duration";
import { labels } from "../labels";

const { boolean, integer, list, map, object, set, string } = property;

const text = string({ replaces: true });
const needed = string({ required: true, replaces: true });
const flag = boolean({ replaces: true });
const stringSet = set(string(), { replaces: true });

/** The state holds a duration as Go prints it (`1m30s`), the program as it likes (`90s`). */
const duration = string({
  default: "0s",
  same: (before: Value, after: Value) => parseDuration(String(before)) === parseDuration(String(after)),
});

/**
 * The inputs of `docker:index/container:Container`. Which of them replace the container is the official provider's
 * choice; where it updates the resource but leaves the container as it is (healthcheck, the parts of a mount, tmpfs,
 * init), this stand-in does so too and says it.
 */
export const containerProperties = {
  attach: boolean({ default: false }),
  capabilities: object({ adds: stringSet, drops: stringSet }, { replaces: true }),
  cgroupParent: text,
  cgroupnsMode: text,
  command: list(string(), { replaces: true, computed: true }),
  containerReadRefreshTimeoutMilliseconds: integer({ default: 15_000 }),
  cpuPeriod: integer(),
  cpuQuota: integer(),
  cpuSet: string(),
  cpuShares: integer(),
  destroyGraceSeconds: integer(),
  devices: set(object({ containerPath: text, hostPath: needed, permissions: text }), { replaces: true }),
  dns: stringSet,
  dnsOpts: stringSet,
  dnsSearches: stringSet,
  domainname: text,
  entrypoints: list(string(), { replaces: true, computed: true }),
  envs: set(string(), { replaces: true, computed: true }),
  groupAdds: stringSet,
  healthcheck: object(
    {
      interval: duration,
      retries: integer({ default: 0 }),
      startInterval: duration,
      startPeriod: duration,
      tests: list(string(), { required: true }),
      timeout: duration,
    },
    { computed: true },
  ),
  hostname: string({ replaces: true, computed: true }),
  hosts: set(object({ host: needed, ip: needed }), { replaces: true }),
  image: needed,
  init: boolean({ computed: true }),
  ipcMode: string({ replaces: true, computed: true }),
  labels: { ...labels, computed: true },
  logDriver: string({ replaces: true, computed: true }),
  logOpts: map(string(), { replaces: true }),
  logs: boolean({ default: false }),
  maxRetryCount: integer(),
  memory: integer(),
  memoryReservation: integer({ default: 0 }),
  memorySwap: integer(),
  mounts: set(
    object({
      bindOptions: object({ propagation: string() }),
      readOnly: boolean(),
      source: string(),
      target: string({ required: true }),
      tmpfsOptions: object({ mode: integer(), sizeBytes: integer() }, { replaces: true }),
      type: string({ required: true }),
      volumeOptions: object({
        driverName: string(),
        driverOptions: map(string()),
        labels,
        noCopy: boolean(),
      }),
    }),
    { replaces: true },
  ),
  mustRun: boolean({ default: true }),
  name: string({ replaces: true, autoName: true }),
  networkMode: string({ replaces: true, default: "bridge" }),
  networksAdvanced: set(object({ aliases: stringSet, ipv4Address: text, ipv6Address: text, name: needed }), {
    replaces: true,
  }),
  pidMode: text,
  ports: list(
    object({
      external: integer({ replaces: true, computed: true }),
      internal: integer({ required: true, replaces: true }),
      ip: string({ replaces: true, default: "0.0.0.0" }),
      protocol: string({ replaces: true, default: "tcp" }),
    }),
    { replaces: true },
  ),
  privileged: flag,
  publishAllPorts: flag,
  readOnly: boolean({ replaces: true, default: false }),
  removeVolumes: boolean({ default: true }),
  restart: string({ default: "no" }),
  rm: boolean({ default: false }),
  runtime: string({ replaces: true, computed: true }),
  securityOpts: set(string(), { replaces: true, computed: true }),
  shmSize: integer({ replaces: true, computed: true }),
  start: boolean({ default: true }),
  stdinOpen: boolean({ replaces: true, default: false }),
  stopSignal: string({ replaces: true, computed: true }),
  stopTimeout: integer({ replaces: true, computed: true }),
  sysctls: map(string(), { replaces: true }),
  tmpfs: map(string()),
  tty: boolean({ replaces: true, default: false }),
  ulimits: set(
    object({
      hard: integer({ required: true, replaces: true }),
      name: needed,
      soft: integer({ required: true, replaces: true }),
    }),
    { replaces: true },
  ),
  uploads: set(
    object({
      content: text,
      contentBase64: text,
      executable: boolean({ replaces: true, default: false }),
      file: needed,
      permissions: text,
      source: text,
      sourceHash: text,
    }),
    { replaces: true },
  ),
  // The image's own user and working directory are recorded where the program names none, and are then no change.
  user: string({ replaces: true, computed: true }),
  usernsMode: text,
  volumes: set(object({ containerPath: text, fromContainer: text, hostPath: text, readOnly: flag, volumeName: text }), {
    replaces: true,
  }),
  wait: boolean({ default: false }),
  waitTimeout: integer({ default: 60 }),
  workingDir: string({ replaces: true, computed: true }),
};

/** Checked inputs of a container. */
export type ContainerInputs = ValuesOf<typeof containerProperties>;

export const containerOutputs = {
  bridge: string(),
  containerLogs: string(),
  exitCode: integer(),
  networkDatas: list(property.any()),
  platform: string(),
};
