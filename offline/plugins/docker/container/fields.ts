import { parseDuration } from "../duration";
import { atLeast, type Field, type Fields, labelFields, matching, oneOf } from "../fields";

const text: Field = { kind: "string", replace: true };
const flag: Field = { kind: "bool", replace: true };
const strings: Field = { kind: "strings", replace: true };
const stringSet: Field = { kind: "strings", set: true, replace: true };
const duration: Field = {
  kind: "string",
  default: "0s",
  refuse: (value: string) =>
    parseDuration(value) === undefined
      ? `${JSON.stringify(value)} is not a duration such as 500ms or 1m30s`
      : undefined,
};

const upload: Fields = {
  content: text,
  contentBase64: text,
  executable: { ...flag, default: false },
  file: { ...text, required: true },
  permissions: { ...text, refuse: matching(/^0[0-7]{3}$/, "a mode of four octal digits such as 0644") },
  source: text,
  sourceHash: text,
};

const volume: Fields = {
  containerPath: text,
  fromContainer: text,
  hostPath: { ...text, refuse: matching(/^(\/|[a-zA-Z]:|\\\\)/, "an absolute path") },
  readOnly: flag,
  volumeName: text,
};

// Nested properties of a mount carry no `replace`: the official provider updates the resource for them, and leaves
// the container as it is.
const mount: Fields = {
  bindOptions: {
    kind: "block",
    fields: {
      propagation: {
        kind: "string",
        refuse: oneOf("private", "rprivate", "shared", "rshared", "slave", "rslave"),
      },
    },
  },
  readOnly: { kind: "bool" },
  source: { kind: "string" },
  target: { kind: "string", required: true },
  tmpfsOptions: { kind: "block", replace: true, fields: { mode: { kind: "int" }, sizeBytes: { kind: "int" } } },
  type: { kind: "string", required: true, refuse: oneOf("bind", "volume", "tmpfs") },
  volumeOptions: {
    kind: "block",
    fields: {
      driverName: { kind: "string" },
      driverOptions: { kind: "stringMap" },
      labels: { kind: "blocks", set: true, fields: labelFields },
      noCopy: { kind: "bool" },
    },
  },
};

const healthcheck: Fields = {
  interval: duration,
  retries: { kind: "int", default: 0, refuse: atLeast(0) },
  // Engines before API 1.44 drop a start interval without a word.
  startInterval: { kind: "string", default: "0s", refuse: oneOf("0s") },
  startPeriod: duration,
  tests: { kind: "strings", required: true },
  timeout: duration,
};

/** The properties of `docker:index/container:Container` that this stand-in supports. */
export const containerFields: Fields = {
  attach: { kind: "bool", default: false, refuse: oneOf(false) },
  capabilities: { kind: "block", replace: true, fields: { adds: stringSet, drops: stringSet } },
  cgroupParent: text,
  cgroupnsMode: { ...text, refuse: oneOf("private", "host") },
  command: strings,
  containerReadRefreshTimeoutMilliseconds: { kind: "int", default: 15_000 },
  cpuPeriod: { kind: "int", refuse: atLeast(0) },
  cpuQuota: { kind: "int", refuse: atLeast(0) },
  cpuSet: { kind: "string", refuse: matching(/^\d+([,-]\d+)*$/, "a list of CPUs such as 0-3 or 0,2") },
  cpuShares: { kind: "int", refuse: atLeast(0) },
  destroyGraceSeconds: { kind: "int" },
  devices: {
    kind: "blocks",
    set: true,
    replace: true,
    fields: { containerPath: text, hostPath: { ...text, required: true }, permissions: text },
  },
  dns: stringSet,
  dnsOpts: stringSet,
  dnsSearches: stringSet,
  domainname: text,
  entrypoints: strings,
  envs: stringSet,
  groupAdds: stringSet,
  healthcheck: { kind: "block", fields: healthcheck },
  hostname: text,
  hosts: {
    kind: "blocks",
    set: true,
    replace: true,
    fields: { host: { ...text, required: true }, ip: { ...text, required: true } },
  },
  image: { ...text, required: true },
  init: { kind: "bool" },
  ipcMode: text,
  labels: { kind: "blocks", set: true, replace: true, fields: labelFields },
  logDriver: text,
  logOpts: { kind: "stringMap", replace: true },
  logs: { kind: "bool", default: false, refuse: oneOf(false) },
  maxRetryCount: { kind: "int" },
  memory: { kind: "int", refuse: atLeast(0) },
  memoryReservation: { kind: "int", default: 0, refuse: atLeast(0) },
  memorySwap: { kind: "int", refuse: atLeast(-1) },
  mounts: { kind: "blocks", set: true, replace: true, fields: mount },
  mustRun: { kind: "bool", default: true },
  name: { ...text, required: true },
  networkMode: { ...text, default: "bridge" },
  networksAdvanced: {
    kind: "blocks",
    set: true,
    replace: true,
    fields: { aliases: stringSet, ipv4Address: text, ipv6Address: text, name: { ...text, required: true } },
  },
  pidMode: text,
  ports: {
    kind: "blocks",
    replace: true,
    fields: {
      external: { kind: "int", replace: true },
      internal: { kind: "int", required: true, replace: true },
      ip: { ...text, default: "0.0.0.0" },
      protocol: { ...text, default: "tcp" },
    },
  },
  privileged: flag,
  publishAllPorts: flag,
  readOnly: { ...flag, default: false },
  removeVolumes: { kind: "bool", default: true },
  restart: { kind: "string", default: "no", refuse: oneOf("no", "on-failure", "always", "unless-stopped") },
  rm: { kind: "bool", default: false },
  runtime: text,
  securityOpts: stringSet,
  shmSize: { kind: "int", replace: true, refuse: atLeast(0) },
  start: { kind: "bool", default: true },
  stdinOpen: { ...flag, default: false },
  stopSignal: text,
  stopTimeout: { kind: "int", replace: true },
  sysctls: { kind: "stringMap", replace: true },
  tmpfs: { kind: "stringMap" },
  tty: { ...flag, default: false },
  ulimits: {
    kind: "blocks",
    set: true,
    replace: true,
    fields: {
      hard: { kind: "int", required: true, replace: true },
      name: { ...text, required: true },
      soft: { kind: "int", required: true, replace: true },
    },
  },
  uploads: { kind: "blocks", set: true, replace: true, fields: upload },
  user: text,
  usernsMode: text,
  volumes: { kind: "blocks", set: true, replace: true, fields: volume },
  wait: { kind: "bool", default: false },
  waitTimeout: { kind: "int", default: 60 },
  workingDir: text,
};
