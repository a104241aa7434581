import type { ContainerInspectInfo } from "dockerode";
import type { Values } from "../../kit/definition";
import { formatDuration, parseDuration } from "../duration";
import { recorded } from "../recorded";
import { type ContainerInputs, containerProperties } from "./properties";

/** What `GET /containers/{id}/json` answers, as far as @types/dockerode leaves it out. */
export type Inspect = ContainerInspectInfo & {
  readonly Config: { readonly StopSignal?: string; readonly StopTimeout?: number; readonly Healthcheck?: Health };
  readonly NetworkSettings: { readonly Bridge?: string };
};
interface Health {
  readonly Test?: string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

const MIB = 1024 * 1024;

/**
 * The state of a container: the inputs as the bridge records them, with what the engine really runs. A container's
 * settings cannot change while it lives, but for its name, restart policy and resource limits; those are read back,
 * and whether it runs.
 */
export function containerOutputs(inspect: Inspect, inputs: Partial<ContainerInputs>): Values {
  const { Config: config, HostConfig: host, NetworkSettings: network, State: state } = inspect;
  return {
    ...recorded(containerProperties, inputs as Values),
    id: inspect.Id,
    name: inspect.Name.replace(/^\//, ""),
    image: inspect.Image,
    platform: inspect.Platform,
    hostname: config.Hostname,
    domainname: config.Domainname ?? "",
    command: config.Cmd ?? [],
    entrypoints: asList(config.Entrypoint),
    envs: [...(inputs.envs ?? [])].sort(),
    user: config.User ?? "",
    workingDir: config.WorkingDir ?? "",
    healthcheck: healthcheck(config.Healthcheck, inputs),
    stopSignal: config.StopSignal ?? "",
    stopTimeout: config.StopTimeout ?? 0,
    cpuSet: host.CpusetCpus ?? "",
    cpuShares: host.CpuShares ?? 0,
    init: host.Init ?? false,
    ipcMode: host.IpcMode ?? "",
    logDriver: host.LogConfig?.Type ?? "",
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    memory: Math.floor((host.Memory ?? 0) / MIB),
    memoryReservation: Math.floor((host.MemoryReservation ?? 0) / MIB),
    memorySwap: memorySwap(host.MemorySwap ?? 0, inputs),
    networkMode: host.NetworkMode ?? "",
    networkDatas: networkDatas(network),
    bridge: network.Bridge || undefined,
    pidMode: host.PidMode ?? "",
    ports: ports(network.Ports, inputs),
    privileged: host.Privileged ?? false,
    publishAllPorts: host.PublishAllPorts ?? false,
    readOnly: host.ReadonlyRootfs ?? false,
    restart: host.RestartPolicy?.Name || "no",
    runtime: host.Runtime ?? "",
    securityOpts: [...(host.SecurityOpt ?? [])].sort(),
    shmSize: Math.floor((host.ShmSize ?? 0) / MIB),
    usernsMode: host.UsernsMode ?? "",
    exitCode: state.Running ? undefined : state.ExitCode,
  };
}

/** The state after `read`: a container that should run and does not is recorded as `mustRun: false`, which is a change. */
export function observedOutputs(inspect: Inspect, inputs: Partial<ContainerInputs>): Values {
  const outputs = containerOutputs(inspect, inputs);
  return isDown(inspect, inputs) ? { ...outputs, mustRun: false } : outputs;
}

/** The inputs after `read`: as they were, but for what differs from what is really there. */
export function observedInputs(inspect: Inspect, inputs: Partial<ContainerInputs>): Values {
  const outputs = observedOutputs(inspect, inputs);
  const observed: Record<string, Values[string]> = { ...(inputs as Values) };
  for (const name of OBSERVED) {
    if (inputs[name] !== undefined && inputs[name] !== outputs[name]) observed[name] = outputs[name];
  }
  return observed;
}

const OBSERVED = [
  "name",
  "restart",
  "maxRetryCount",
  "cpuSet",
  "cpuShares",
  "memory",
  "memoryReservation",
  "memorySwap",
  "mustRun",
] as const;

/** True for a container that the program wants running and that has stopped. */
export function isDown(inspect: Inspect, inputs: Partial<ContainerInputs>): boolean {
  return inputs.mustRun !== false && inputs.start !== false && !inspect.State.Running;
}

function healthcheck(health: Health | undefined, inputs: Partial<ContainerInputs>): Values | null {
  if (inputs.healthcheck !== undefined) {
    const { interval, timeout, startPeriod, startInterval, retries, tests } = inputs.healthcheck;
    return {
      interval: canonical(interval),
      retries: retries ?? 0,
      startInterval: canonical(startInterval),
      startPeriod: canonical(startPeriod),
      tests,
      timeout: canonical(timeout),
    };
  }
  if (health === undefined || health === null || !health.Test?.length) return null;
  return {
    interval: formatDuration(health.Interval ?? 0),
    retries: health.Retries ?? 0,
    startInterval: "0s",
    startPeriod: formatDuration(health.StartPeriod ?? 0),
    tests: health.Test,
    timeout: formatDuration(health.Timeout ?? 0),
  };
}

function canonical(duration: string | undefined): string {
  return formatDuration(parseDuration(duration ?? "0s") ?? 0);
}

/** The engine derives a swap limit from a memory limit; recorded, that would be a change in every run. */
function memorySwap(bytes: number, inputs: Partial<ContainerInputs>): number {
  if (inputs.memorySwap === undefined) return 0;
  return bytes > 0 ? Math.floor(bytes / MIB) : bytes;
}

/** The program's ports in its own order, with the host ports that the engine chose. */
function ports(bound: Inspect["NetworkSettings"]["Ports"] | undefined, inputs: Partial<ContainerInputs>): Values[] {
  return (inputs.ports ?? []).map(({ internal, external, ip = "0.0.0.0", protocol = "tcp" }) => {
    const bindings = bound?.[`${internal}/${protocol}`] ?? [];
    const binding = bindings.find((b) => b.HostIp === ip) ?? bindings[0];
    return { external: external || Number(binding?.HostPort ?? 0), internal, ip, protocol };
  });
}

function networkDatas(network: Inspect["NetworkSettings"]): Values[] {
  const networks = network.Networks ?? {};
  return Object.keys(networks)
    .sort()
    .map((networkName) => {
      const end = networks[networkName];
      return {
        gateway: end?.Gateway ?? "",
        globalIpv6Address: end?.GlobalIPv6Address ?? "",
        globalIpv6PrefixLength: end?.GlobalIPv6PrefixLen ?? 0,
        ipAddress: end?.IPAddress ?? "",
        ipPrefixLength: end?.IPPrefixLen ?? 0,
        ipv6Gateway: end?.IPv6Gateway ?? "",
        macAddress: end?.MacAddress ?? "",
        networkName,
      };
    });
}

function asList(value: string | string[] | null | undefined): string[] {
  if (value === null || value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
