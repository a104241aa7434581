import { readdir, readFile, readlink } from "node:fs/promises";

export type Protocol = "tcp" | "udp";

/** A port that something listens on. */
export interface Listener {
  readonly protocol: Protocol;
  /** IPv4 or IPv6 address; `0.0.0.0` and `::` are any. */
  readonly address: string;
  readonly port: number;
  /** Process that holds it, where this user may see that. */
  readonly process?: { readonly pid: number; readonly name: string; readonly container?: string };
}

export interface Socket {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** In the kernel's tables: TCP sockets that listen, and UDP sockets that are connected to nobody. */
const waiting: Readonly<Record<Protocol, string>> = { tcp: "0A", udp: "07" };

/** Sockets that wait for others, from a table such as /proc/net/tcp. */
export function parseSockets(table: string, protocol: Protocol): Socket[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [address = "", port = ""] = (fields[1] ?? "").split(":");
      return fields[3] === waiting[protocol]
        ? [{ address: parseAddress(address), port: Number.parseInt(port, 16), inode: fields[9] ?? "" }]
        : [];
    });
}

/** The kernel writes addresses as 32-bit words in the machine's byte order: here, and nearly everywhere, the lowest first. */
export function parseAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) {
    return bytes.join(".");
  }
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? bytes.slice(12).join(".") : shortIpv6(bytes);
}

function shortIpv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  // URL knows the rules by which the longest run of zeros is left out.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** What listens on these ports of this machine. */
export async function gatherListeners(ports: ReadonlySet<number>): Promise<Listener[]> {
  const tables = ["tcp", "udp"].flatMap((protocol) => [protocol, `${protocol}6`]) as (Protocol | `${Protocol}6`)[];
  const sockets = await Promise.all(
    tables.map(async (name) => {
      const protocol = name.slice(0, 3) as Protocol;
      const table = await readFile(`/proc/net/${name}`, "utf8").catch(() => "");
      return parseSockets(table, protocol).map((socket) => ({ ...socket, protocol }));
    }),
  );
  const found = sockets.flat().filter(({ port }) => ports.has(port));
  const owners = await socketOwners(new Set(found.map(({ inode }) => inode)));
  return found.map(({ protocol, address, port, inode }) => {
    const process = owners.get(inode);
    return { protocol, address, port, ...(process ? { process } : {}) };
  });
}

type Owner = NonNullable<Listener["process"]>;

/** Processes by socket, as far as this user may look into them. */
async function socketOwners(inodes: ReadonlySet<string>): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  if (inodes.size === 0) {
    return owners;
  }
  for (const pid of (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode) && !owners.has(inode)) {
        owners.set(inode, await describe(pid));
      }
    }
  }
  return owners;
}

async function describe(pid: string): Promise<Owner> {
  const [name, container] = await Promise.all([aboutProcess(pid, "comm"), containerAround(pid)]);
  return { pid: Number(pid), name: name.trim() || "?", ...(container ? { container } : {}) };
}

const aboutProcess = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");

/**
 * Id of the container that a process or one of its ancestors runs in: Nomad's exec driver moves its tasks into control
 * groups of their own, outside the container of the client that started them.
 */
async function containerAround(pid: string): Promise<string | undefined> {
  for (let current = pid; Number(current) > 1; ) {
    const container = containerOf(await aboutProcess(current, "cgroup"));
    if (container !== undefined) {
      return container;
    }
    current = parentOf(await aboutProcess(current, "stat"));
  }
  return undefined;
}

/** A process's parent, from its /proc/…/stat: the second number after the name, which may hold blanks. */
export function parentOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? "0";
}

/** Id of the container that a process runs in, from its control group; undefined where it runs in none. */
export function containerOf(cgroup: string): string | undefined {
  return /(?:docker[/-])([0-9a-f]{64})/.exec(cgroup)?.[1];
}
