import { existsSync } from "node:fs";
import { readFile, readlink, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where a Docker daemon on this machine notes its process id, unless it is told otherwise. */
const pidFile = "/var/run/docker.pid";
const containerdPidFile = "/var/run/docker/containerd/containerd.pid";

/** The process of the daemon behind the usual socket; undefined where none runs, or where we may not see it. */
export async function daemonPid(): Promise<number | undefined> {
  return livePid(pidFile, /^dockerd/);
}

/** The process that a file names, if a program of that name runs under the number, beside us. */
export async function livePid(file: string, program: RegExp): Promise<number | undefined> {
  const pid = Number((await readFile(file, "utf8").catch(() => "")).trim());
  if (!Number.isInteger(pid) || pid <= 0) {
    return undefined;
  }
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return program.test(name) ? pid : undefined;
}

/** A daemon refuses to start beside the process id of a dead one, once another process has been given that number. */
export async function removeStalePids(): Promise<void> {
  for (const [file, program] of [
    [pidFile, /^dockerd/],
    [containerdPidFile, /^containerd/],
  ] as const) {
    if ((await livePid(file, program)) === undefined) {
      await rm(file, { force: true });
    }
  }
}

/** Path of a system program, which an ordinary user's PATH may leave out. */
export function systemProgram(name: string, path: string = process.env.PATH ?? ""): string | undefined {
  const folders = [
    ...path.split(delimiter),
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
}

/** The mount table that a process sees; undefined where we may not look. */
export async function mountTable(pid: number | "self"): Promise<string | undefined> {
  return readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => undefined);
}

/** Whether a process sees the same mounts as we do. */
export async function sharesMountsWithUs(pid: number): Promise<boolean> {
  const [own, other] = await Promise.all(
    ["self", String(pid)].map((which) => readlink(`/proc/${which}/ns/mnt`).catch(() => which)),
  );
  return own === other;
}
