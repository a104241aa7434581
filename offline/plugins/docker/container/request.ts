import type { ContainerCreateOptions, HostConfig, MountSettings } from "dockerode";
import { parseDuration } from "../duration";
import { type Label, labelMap } from "../labels";
import type { ContainerInputs } from "./properties";

const MIB = 1024 * 1024;

/** What @types/dockerode leaves out is added here. */
export type CreateRequest = ContainerCreateOptions & {
  readonly HostConfig: HostConfig & { readonly CgroupnsMode?: string };
};

/** The body of `POST /containers/create`. */
export function createRequest(inputs: ContainerInputs): CreateRequest {
  const { exposed, bindings } = portMaps(inputs.ports ?? []);
  const { mountpoints, binds, volumesFrom } = volumeLists(inputs.volumes ?? []);
  return withoutAbsent<CreateRequest>({
    name: inputs.name,
    Image: inputs.image,
    Hostname: inputs.hostname,
    Domainname: inputs.domainname,
    User: inputs.user,
    WorkingDir: inputs.workingDir,
    Tty: inputs.tty,
    OpenStdin: inputs.stdinOpen,
    StopSignal: inputs.stopSignal,
    StopTimeout: inputs.stopTimeout || undefined,
    Env: filled(inputs.envs),
    Cmd: filled(inputs.command),
    Entrypoint: filled(inputs.entrypoints),
    Labels: labelMap(inputs.labels),
    ExposedPorts: exposed,
    Volumes: mountpoints,
    Healthcheck: healthRequest(inputs.healthcheck),
    HostConfig: withoutAbsent<CreateRequest["HostConfig"]>({
      ...resources(inputs),
      Privileged: inputs.privileged ?? false,
      PublishAllPorts: inputs.publishAllPorts ?? false,
      RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount ?? 0 },
      Runtime: inputs.runtime,
      Mounts: (inputs.mounts ?? []).map(mountRequest),
      AutoRemove: inputs.rm,
      ReadonlyRootfs: inputs.readOnly,
      LogConfig: { Type: inputs.logDriver ?? "", Config: { ...inputs.logOpts } },
      Tmpfs: inputs.tmpfs && { ...inputs.tmpfs },
      PortBindings: bindings,
      ExtraHosts: inputs.hosts?.map(({ host, ip }) => `${host}:${ip}`),
      Binds: filled(binds),
      VolumesFrom: filled(volumesFrom),
      Ulimits: inputs.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      CapAdd: filled(inputs.capabilities?.adds),
      CapDrop: filled(inputs.capabilities?.drops),
      Devices: inputs.devices?.map((device) => ({
        PathOnHost: device.hostPath,
        PathInContainer: device.containerPath || device.hostPath,
        CgroupPermissions: device.permissions || "rwm",
      })),
      Dns: filled(inputs.dns),
      DnsOptions: filled(inputs.dnsOpts),
      DnsSearch: filled(inputs.dnsSearches),
      SecurityOpt: filled(inputs.securityOpts),
      ShmSize: inputs.shmSize === undefined ? undefined : inputs.shmSize * MIB,
      NetworkMode: inputs.networkMode,
      UsernsMode: inputs.usernsMode,
      PidMode: inputs.pidMode,
      IpcMode: inputs.ipcMode,
      CgroupnsMode: inputs.cgroupnsMode,
      CgroupParent: inputs.cgroupParent,
      GroupAdd: filled(inputs.groupAdds),
      Sysctls: inputs.sysctls && { ...inputs.sysctls },
      Init: inputs.init ?? false,
    }),
  });
}

/** The body of `POST /containers/{id}/update`: what can change while a container lives. */
export function updateRequest(inputs: ContainerInputs): object {
  return withoutAbsent({
    ...resources(inputs),
    RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount ?? 0 },
  });
}

/** Which of the properties that `updateRequest` carries differ. */
export function updatable(before: ContainerInputs, after: ContainerInputs): string[] {
  return UPDATABLE.filter((name) => (before[name] ?? 0) !== (after[name] ?? 0));
}

const UPDATABLE = [
  "restart",
  "maxRetryCount",
  "cpuShares",
  "cpuSet",
  "cpuPeriod",
  "cpuQuota",
  "memory",
  "memoryReservation",
  "memorySwap",
] as const;

function resources(inputs: ContainerInputs) {
  const { memorySwap } = inputs;
  return {
    CpuShares: inputs.cpuShares,
    CpusetCpus: inputs.cpuSet,
    CpuPeriod: inputs.cpuPeriod,
    CpuQuota: inputs.cpuQuota,
    Memory: inputs.memory === undefined ? undefined : inputs.memory * MIB,
    MemoryReservation: inputs.memoryReservation ? inputs.memoryReservation * MIB : undefined,
    MemorySwap: memorySwap === undefined ? undefined : memorySwap > 0 ? memorySwap * MIB : memorySwap,
  };
}

function portMaps(ports: NonNullable<ContainerInputs["ports"]>) {
  const exposed: Record<string, object> = {};
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { internal, external, ip, protocol } of ports) {
    const port = `${internal}/${protocol}`;
    exposed[port] = {};
    bindings[port] = [...(bindings[port] ?? []), { HostIp: ip, HostPort: String(external ?? 0) }];
  }
  return { exposed, bindings };
}

function volumeLists(volumes: NonNullable<ContainerInputs["volumes"]>) {
  const mountpoints: Record<string, object> = {};
  const binds: string[] = [];
  const volumesFrom: string[] = [];
  for (const { containerPath, fromContainer, hostPath, readOnly, volumeName } of volumes) {
    if (fromContainer) {
      volumesFrom.push(fromContainer);
      continue;
    }
    mountpoints[containerPath ?? ""] = {};
    const source = volumeName || hostPath;
    if (source) binds.push(`${source}:${containerPath}:${readOnly ? "ro" : "rw"}`);
  }
  return { mountpoints, binds, volumesFrom };
}

type MountInput = NonNullable<ContainerInputs["mounts"]>[number];

function mountRequest(mount: MountInput): MountSettings {
  const { bindOptions: bind, volumeOptions: volume, tmpfsOptions: tmpfs } = mount;
  const driver = volume && (volume.driverName || volume.driverOptions);
  return withoutAbsent({
    Type: mount.type,
    Target: mount.target,
    Source: mount.source ?? "",
    ReadOnly: mount.readOnly ?? false,
    BindOptions: mount.type === "bind" && bind ? { Propagation: bind.propagation ?? "" } : undefined,
    VolumeOptions:
      mount.type === "volume" && volume
        ? withoutAbsent({
            NoCopy: volume.noCopy ?? false,
            Labels: labelMap(volume.labels as readonly Label[] | undefined),
            DriverConfig: driver
              ? { Name: volume.driverName ?? "", Options: { ...(volume.driverOptions as object | undefined) } }
              : undefined,
          })
        : undefined,
    TmpfsOptions:
      mount.type === "tmpfs" && tmpfs ? { SizeBytes: tmpfs.sizeBytes ?? 0, Mode: tmpfs.mode ?? 0 } : undefined,
  }) as unknown as MountSettings;
}

function healthRequest(health: ContainerInputs["healthcheck"]) {
  if (health === undefined) return undefined;
  return {
    Test: [...health.tests],
    Interval: parseDuration(health.interval) ?? 0,
    Timeout: parseDuration(health.timeout) ?? 0,
    StartPeriod: parseDuration(health.startPeriod) ?? 0,
    Retries: health.retries,
  };
}

/** A network to join after creation, with the settings of the container's end of it. */
export interface Attachment {
  readonly network: string;
  readonly endpoint: {
    readonly Aliases: string[];
    readonly IPAMConfig: { readonly IPv4Address?: string; readonly IPv6Address?: string };
  };
}

/** The networks to join; where there are any, the default bridge is left. */
export function attachments(inputs: ContainerInputs): Attachment[] {
  return (inputs.networksAdvanced ?? []).map(({ name, aliases, ipv4Address, ipv6Address }) => ({
    network: name,
    endpoint: {
      Aliases: [...(aliases ?? [])],
      IPAMConfig: withoutAbsent({ IPv4Address: ipv4Address || undefined, IPv6Address: ipv6Address || undefined }),
    },
  }));
}

function filled(items: readonly string[] | undefined): string[] | undefined {
  return items === undefined || items.length === 0 ? undefined : [...items];
}

/** The Engine API takes `null` and absent differently in places: absent it shall be. */
function withoutAbsent<T extends object>(body: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as T;
}
