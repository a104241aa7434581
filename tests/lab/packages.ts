import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { aptClosure, aptDownload } from "../../offline/apt";
import { cached } from "../../offline/cache";
import { run } from "../../offline/command";
import { hashOf } from "../../offline/hash";
import type { Report } from "../../offline/report";
import { renderIndex, renderRelease } from "./aptIndex";
import { describePackages, sumsOf } from "./debs";

/** What a machine has that nobody has done anything to: about what an Ubuntu server's cloud image has of it. */
export const basePackages = [
  "apt",
  "ca-certificates",
  "curl",
  "dbus",
  "gnupg",
  "iproute2",
  "iptables",
  "iputils-ping",
  "kmod",
  "libpam-systemd",
  "netbase",
  "openssh-server",
  "procps",
  "sudo",
  "systemd",
  "systemd-resolved",
  "systemd-sysv",
  "usr-is-merged",
] as const;

/** What a Docker host has on top. */
export const dockerPackages = ["docker.io", "iptables"] as const;

/** What may be installed on a machine besides. */
const morePackages = ["gpgv", "jq", "unzip", "wget"] as const;

/** Raised whenever the same names give another repository. */
const builderVersion = 1;

/** Code name and processor of this machine's distribution, which the stand-ins have too. */
export interface Distribution {
  readonly suite: string;
  readonly architecture: string;
}

export async function distributionHere(): Promise<Distribution> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const suite = /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(release)?.[1];
  if (suite === undefined) {
    throw new Error(
      "The lab's machines are made from Debian packages, so it can be had on Debian and Ubuntu only, and /etc/os-release names neither.",
    );
  }
  return { suite, architecture: (await run("dpkg", ["--print-architecture"])).trim() };
}

/** A repository of packages in the cache, as apt and debootstrap read it; nobody has signed it. */
export interface PackageRepository extends Distribution {
  readonly folder: string;
  /** Names the content. */
  readonly key: string;
  /** What a machine consists of from the start, all dependencies included. */
  readonly base: readonly string[];
}

/** The distribution's packages that the lab needs, with all that they depend on, fetched once. */
export async function ensurePackages(report: Report): Promise<PackageRepository> {
  const distribution = await distributionHere();
  const names = JSON.stringify([basePackages, dockerPackages, morePackages, distribution, builderVersion]);
  const key = `lab-packages-${distribution.suite}-${hashOf(names)}`;
  const folder = await cached(key, (directory) => make(distribution, directory, report), report);
  const base = (await readFile(join(folder, "base"), "utf8")).trim().split("\n");
  return { ...distribution, folder, key, base };
}

async function make({ suite, architecture }: Distribution, directory: string, report: Report): Promise<void> {
  const scratch = join(directory, "scratch");
  await mkdir(scratch);
  // What every Debian machine has, whether or not anything depends on it.
  const required = await requiredPackages(architecture);
  const base = await aptClosure([...required, ...basePackages], scratch, report);
  const all = await aptClosure([...required, ...basePackages, ...dockerPackages, ...morePackages], scratch, report);

  const pool = join(directory, "pool");
  await mkdir(pool);
  report(`fetching ${all.length} packages of the distribution`);
  await aptDownload(all, pool, report);
  await dropEpochs(pool);
  await writeFile(join(directory, "base"), `${base.map(({ name }) => name).join("\n")}\n`);
  await layOutDists(directory, { suite, architecture, origin: "Debian" });
  await rm(scratch, { recursive: true });
}

/** In a file's name an epoch is written `1%3a`, which a server would take for an escape. Debian leaves it out, too. */
async function dropEpochs(pool: string): Promise<void> {
  for (const name of await readdir(pool)) {
    await rename(join(pool, name), join(pool, name.replace(/_\d+%3a/, "_")));
  }
}

/** Names of the packages that are not to be missing anywhere. */
async function requiredPackages(architecture: string): Promise<string[]> {
  const known = await run("apt-cache", ["dumpavail"]);
  const names = known.split("\n\n").flatMap((paragraph) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];
    const fits = [architecture, "all"].includes(field("Architecture") ?? "");
    return fits && field("Priority") === "required" ? [field("Package") ?? ""] : [];
  });
  return [...new Set(names)].sort();
}

/** Writes the lists of a repository whose packages lie in its `pool`. */
export async function layOutDists(
  directory: string,
  { suite, architecture, origin }: Distribution & { readonly origin: string },
): Promise<void> {
  const index = renderIndex(await describePackages(join(directory, "pool"), "pool"));
  const path = `main/binary-${architecture}/Packages`;
  const dists = join(directory, "dists", suite);
  await mkdir(join(dists, `main/binary-${architecture}`), { recursive: true });
  await writeFile(join(dists, path), index);
  const files = [{ path, ...sumsOf(Buffer.from(index)) }];
  await writeFile(join(dists, "Release"), renderRelease({ origin, suite, architecture, date: new Date(), files }));
}
