import { existsSync } from "node:fs";
import { readdir, readFile, stat, statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname } from "node:path";
import { cacheRoot } from "../../offline/cache";
import { run } from "../../offline/command";
import { askEngine, type EngineInfo } from "../../offline/engine/find";
import { type VolumesState, volumesShared } from "../../offline/engine/sharedMounts";
import { gatherListeners, type Listener, type Protocol } from "./sockets";

/** A running container, and the ports of the host that it publishes. */
export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly protocol: Protocol; readonly address: string; readonly port: number }[];
}

/** Room on one file system. */
export interface Disk {
  /** What would be written there, such as `images`. */
  readonly uses: readonly string[];
  readonly path: string;
  readonly freeGib: number;
}

/** What a machine is like, gathered once. */
export interface Facts {
  readonly listeners: readonly Listener[];
  readonly containers: readonly RunningContainer[];
  /** Absent where no engine answers. */
  readonly engine?: EngineInfo;
  /** Why there is no engine to be used, in Docker's words. */
  readonly noEngine?: string;
  readonly disks: readonly Disk[];
  readonly availableMemoryMib: number;
  readonly cgroups: { readonly version: 1 | 2; readonly controllers: readonly string[] } | undefined;
  /** Absent where no engine answers. A text tells why it could not be found out. */
  readonly volumes?: VolumesState | string;
}

/** Gathers the facts, of ports as far as these go. */
export async function gatherFacts(ports: ReadonlySet<number>): Promise<Facts> {
  const answer = await askEngine();
  const [listeners, containers, disks, availableMemoryMib, groups, volumes] = await Promise.all([
    gatherListeners(ports),
    answer.engine ? runningContainers() : [],
    gatherDisks([
      ...(answer.engine ? [{ use: "images and volumes", path: answer.engine.root }] : []),
      { use: "built tools and image archives", path: cacheRoot() },
    ]),
    availableMemory(),
    cgroups(),
    answer.engine ? volumesShared().catch((error: Error) => error.message) : undefined,
  ]);
  return {
    listeners,
    containers,
    disks,
    availableMemoryMib,
    cgroups: groups,
    ...(answer.engine ? { engine: answer.engine } : { noEngine: answer.reason }),
    ...(volumes ? { volumes } : {}),
  };
}

async function runningContainers(): Promise<RunningContainer[]> {
  const ids = (await run("docker", ["ps", "--quiet", "--no-trunc"])).split("\n").filter(Boolean);
  const inspected = await Promise.all(ids.map((id) => run("docker", ["inspect", id]).catch(() => "[]")));
  // One that ended meanwhile is not there to be described.
  return inspected.flatMap((text) => (JSON.parse(text) as Inspected[]).map(describeContainer));
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels: Record<string, string> | null };
  readonly NetworkSettings: { readonly Ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null };
}

export function describeContainer({ Id, Name, Config, NetworkSettings }: Inspected): RunningContainer {
  const published = Object.entries(NetworkSettings.Ports ?? {});
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    labels: Config.Labels ?? {},
    ports: published.flatMap(([inside, outside]) =>
      (outside ?? []).map(({ HostIp, HostPort }) => ({
        protocol: inside.endsWith("/udp") ? "udp" : "tcp",
        address: HostIp || "0.0.0.0",
        port: Number(HostPort),
      })),
    ),
  };
}

/** Free space by file system: what is needed twice on one is needed in sum. */
async function gatherDisks(places: readonly { use: string; path: string }[]): Promise<Disk[]> {
  const disks = new Map<number, Disk>();
  for (const { use, path } of places) {
    let there = path;
    while (!existsSync(there) && dirname(there) !== there) {
      there = dirname(there);
    }
    const { dev } = await stat(there);
    const { bavail, bsize } = await statfs(there);
    const known = disks.get(dev);
    disks.set(dev, {
      uses: [...(known?.uses ?? []), use],
      path: known?.path ?? path,
      freeGib: (bavail * bsize) / 1024 ** 3,
    });
  }
  return [...disks.values()];
}

async function availableMemory(): Promise<number> {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const kib = /^MemAvailable:\s+(\d+)/m.exec(text)?.[1];
  return kib === undefined ? freemem() / 1024 ** 2 : Number(kib) / 1024;
}

async function cgroups(): Promise<Facts["cgroups"]> {
  const unified = await readFile("/sys/fs/cgroup/cgroup.controllers", "utf8").catch(() => undefined);
  if (unified !== undefined) {
    return { version: 2, controllers: unified.trim().split(/\s+/) };
  }
  const names = await readdir("/sys/fs/cgroup").catch(() => []);
  // Some mount two controllers at one place and name it after both.
  return names.length > 0 ? { version: 1, controllers: names.flatMap((name) => name.split(",")) } : undefined;
}
