import type { Failure, Value, Values } from "../../kit/definition";
import { isList, isMap } from "../../kit/values";
import { parseDuration } from "../duration";
import { atLeast, exceeded, type Limits, matching, oneOf, onlyOff } from "../limits";

const duration = (value: unknown) =>
  parseDuration(String(value)) === undefined
    ? `${JSON.stringify(value)} is not a duration such as 500ms or 1m30s`
    : undefined;

const limits: Limits = {
  attach: onlyOff("attaching to a container is not supported by this stand-in; leave it out"),
  logs: onlyOff("keeping a container's logs is not supported by this stand-in; leave it out"),
  cgroupnsMode: oneOf("private", "host"),
  cpuPeriod: atLeast(0),
  cpuQuota: atLeast(0),
  cpuSet: matching(/^\d+([,-]\d+)*$/, "a list of CPUs such as 0-3 or 0,2"),
  cpuShares: atLeast(0),
  memory: atLeast(0),
  memoryReservation: atLeast(0),
  memorySwap: atLeast(-1),
  shmSize: atLeast(0),
  restart: oneOf("no", "on-failure", "always", "unless-stopped"),
  "healthcheck.interval": duration,
  "healthcheck.timeout": duration,
  "healthcheck.startPeriod": duration,
  // Engines before API 1.44 drop it without a word.
  "healthcheck.startInterval": onlyOff("a start interval is not supported by this stand-in; leave it out"),
  "healthcheck.retries": atLeast(0),
  "mounts[].type": oneOf("bind", "volume", "tmpfs"),
  "mounts[].bindOptions.propagation": oneOf("private", "rprivate", "shared", "rshared", "slave", "rslave"),
  "uploads[].permissions": matching(/^0[0-7]{3}$/, "a mode of four octal digits such as 0644"),
  "uploads[].contentBase64": matching(/^[A-Za-z0-9+/]*={0,2}$/, "base64"),
  "volumes[].hostPath": matching(/^(\/|[a-zA-Z]:|\\\\|$)/, "an absolute path"),
  "ports[].protocol": oneOf("tcp", "udp", "sctp"),
};

/** What is wrong with a container's inputs beyond their types; values not known yet pass. */
export function containerFailures(inputs: Values): Failure[] {
  return [
    ...exceeded(limits, inputs),
    ...each(inputs, "command", (value) => (value === "" ? "values for command may not be empty" : undefined)),
    ...each(inputs, "uploads", (value) => (isMap(value) ? uploadFailure(value) : undefined)),
    ...each(inputs, "volumes", (value) => (isMap(value) ? volumeFailure(value) : undefined)),
  ];
}

function each(inputs: Values, name: string, wrong: (value: Value) => string | undefined): Failure[] {
  const items = inputs[name];
  if (!isList(items)) return [];
  return items.flatMap((item, index) => {
    const reason = wrong(item);
    return reason === undefined ? [] : [{ property: `${name}[${index}]`, reason }];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: values of any kind, unknown ones included
function uploadFailure(upload: any): string | undefined {
  const given = ["content", "contentBase64", "source"].filter(
    (name) => upload[name] !== undefined && upload[name] !== "",
  );
  if (given.length === 1) return undefined;
  // An empty file is an empty `content`: more than the official plugin allows, and harmless.
  if (given.length === 0 && upload.content === "") return undefined;
  return given.length === 0
    ? "one of content, contentBase64 and source must be set"
    : `only one of content, contentBase64 and source can be set, here: ${given.join(", ")}`;
}

// biome-ignore lint/suspicious/noExplicitAny: values of any kind, unknown ones included
function volumeFailure(volume: any): string | undefined {
  const from = volume.fromContainer !== undefined && volume.fromContainer !== "";
  const path = volume.containerPath !== undefined && volume.containerPath !== "";
  if (from && path) return "fromContainer and containerPath exclude each other";
  return from || path ? undefined : "containerPath or fromContainer is needed";
}
