import { existsSync } from "node:fs";
import { readdir, readFile, readlink, statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { cacheRoot } from "../../offline/cache";
import { run } from "../../offline/command";
import { findEngine } from "../../offline/engine";
import { volumesShared } from "../../offline/engine/sharedMounts";

/** A port that something listens on. */
export interface Listener {
  /** IPv4 address, or `::` for any address of both families. */
  readonly address: string;
  readonly port: number;
  /** Process that holds it, where this user may see that. */
  readonly process?: { readonly pid: number; readonly name: string; readonly container?: string };
}

/** What a machine is like, gathered once. */
export interface Facts {
  readonly listeners: readonly Listener[];
  /** Absent where no engine answers. */
  readonly engine?: { readonly version: string; readonly root: string };
  /** Ids of the cluster's own containers. */
  readonly ownContainers: ReadonlySet<string>;
  readonly freeDisks: readonly { readonly path: string; readonly gib: number }[];
  readonly availableMemoryMib: number;
  readonly cgroups: { readonly version: 1 | 2; readonly controllers: readonly string[] } | undefined;
  readonly volumes?: { readonly folder: string; readonly shared: boolean };
}

/** Gathers the facts. `ownLabel` is the label of the containers that may hold ports already. */
export async function gatherFacts(ownLabel: string): Promise<Facts> {
  const engine = await findEngine();
  const volumes = await volumesShared();
  return {
    listeners: await listeners(),
    ...(engine ? { engine } : {}),
    ownContainers: new Set(engine ? await containerIds(ownLabel) : []),
    freeDisks: await freeDisks([...(engine ? [engine.root] : []), cacheRoot()]),
    availableMemoryMib: await availableMemory(),
    cgroups: await cgroups(),
    ...(volumes ? { volumes } : {}),
  };
}

async function containerIds(label: string): Promise<string[]> {
  const text = await run("docker", ["ps", "--quiet", "--no-trunc", "--filter", `label=${label}`]);
  return text.split("\n").filter(Boolean);
}

const listening = "0A";

/** Sockets in state LISTEN, from a table of /proc/net/tcp or tcp6. */
export function parseSockets(table: string): { address: string; port: number; inode: string }[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [hex = "", port = ""] = (fields[1] ?? "").split(":");
      return fields[3] === listening
        ? [{ address: parseAddress(hex), port: Number.parseInt(port, 16), inode: fields[9] ?? "" }]
        : [];
    });
}

/** The kernel writes addresses as 32-bit words in the machine's byte order. */
function parseAddress(hex: string): string {
  const ipv4 = (word: string) =>
    (word.match(/../g) ?? [])
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join(".");
  if (hex.length === 8) {
    return ipv4(hex);
  }
  if (hex.startsWith("0000000000000000FFFF0000")) {
    return ipv4(hex.slice(24));
  }
  return /^0+$/.test(hex) ? "::" : "::1";
}

async function listeners(): Promise<Listener[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const sockets = tables.flatMap(parseSockets);
  const owners = await socketOwners(new Set(sockets.map(({ inode }) => inode)));
  return sockets.map(({ address, port, inode }) => {
    const process = owners.get(inode);
    return { address, port, ...(process ? { process } : {}) };
  });
}

async function socketOwners(inodes: ReadonlySet<string>): Promise<Map<string, NonNullable<Listener["process"]>>> {
  const owners = new Map<string, NonNullable<Listener["process"]>>();
  for (const pid of (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode) && !owners.has(inode)) {
        const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "?")).trim();
        const container = /[0-9a-f]{64}/.exec(await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => ""))?.[0];
        owners.set(inode, { pid: Number(pid), name, ...(container ? { container } : {}) });
      }
    }
  }
  return owners;
}

async function freeDisks(paths: readonly string[]): Promise<{ path: string; gib: number }[]> {
  return Promise.all(
    paths.map(async (path) => {
      let there = path;
      while (!existsSync(there)) {
        there = there.slice(0, there.lastIndexOf("/")) || "/";
      }
      const { bavail, bsize } = await statfs(there);
      return { path, gib: (bavail * bsize) / 1024 ** 3 };
    }),
  );
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
  return names.length > 0 ? { version: 1, controllers: names } : undefined;
}
