import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command";
import type { Report } from "./report";

const lists = "/var/lib/apt/lists";
const quiet = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

/** A package of the distribution, in the version that the package lists offer. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

const isRoot = () => process.getuid?.() === 0;
const hasApt = () => existsSync("/usr/bin/apt-get");

/** Whether this is a Debian or Ubuntu on which we may install packages. */
export function canUseApt(): boolean {
  return hasApt() && isRoot();
}

/** Installs packages from the distribution, also after an earlier install was cut short. */
export async function aptInstall(packages: readonly string[], report: Report): Promise<void> {
  report(`installing ${packages.join(", ")} from the distribution`);
  await run("dpkg", ["--configure", "-a"], { env: quiet });
  await withFreshLists(report, () =>
    run("apt-get", ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages], {
      env: quiet,
    }),
  );
}

/** Whether the package lists know a package of that name. */
export async function aptKnows(name: string, report: Report): Promise<boolean> {
  const known = () => run("apt-cache", ["show", name], { env: quiet }).then(Boolean, () => false);
  if (await known()) return true;
  if ((await hasLists()) || !isRoot()) return false;
  await update(report);
  return known();
}

/**
 * Packages with everything that they depend on, as an empty machine would get them: what is installed here plays no part.
 * @param scratch a folder for this run's own files.
 */
export async function aptClosure(
  packages: readonly string[],
  scratch: string,
  report: Report,
): Promise<DebianPackage[]> {
  if (!hasApt()) {
    throw new Error(
      `These packages are needed to make an image: ${packages.join(", ")}. They can be had on Debian and Ubuntu only; ` +
        "elsewhere let the engine reach the image's registry, or load the image from another machine (docker save, docker load).",
    );
  }
  const status = join(scratch, "status");
  await writeFile(status, "");
  const plan = await withFreshLists(report, () =>
    run(
      "apt-get",
      ["install", "--simulate", "--no-install-recommends", "-o", `Dir::State::status=${status}`, ...packages],
      { env: quiet },
    ),
  );
  return parsePlan(plan);
}

/** Reads what `apt-get --simulate` would install. */
export function parsePlan(plan: string): DebianPackage[] {
  return [...plan.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+) /gm)].map(([, name = "", version = ""]) => ({
    name,
    version,
  }));
}

/** Fetches the archives of packages into a folder; apt checks them against the signed lists. */
export async function aptDownload(packages: readonly DebianPackage[], folder: string, report: Report): Promise<void> {
  const wanted = packages.map(({ name, version }) => `${name}=${version}`);
  await withFreshLists(report, () =>
    // As root apt would fetch as a user of its own, who may not write into our folder.
    run("apt-get", ["download", "-o", "APT::Sandbox::User=root", ...wanted], { cwd: folder, env: quiet }),
  );
}

/** Runs with the lists that are there, and once more with new ones if that fails: old ones name what is gone. */
async function withFreshLists<T>(report: Report, work: () => Promise<T>): Promise<T> {
  if (!(await hasLists())) {
    await update(report);
    return work();
  }
  try {
    return await work();
  } catch (cause) {
    if (!isRoot()) {
      throw new Error(
        `${(cause as Error).message}\nIf the package lists are old, run as root: apt-get update. Then try again.`,
      );
    }
    await update(report);
    return work();
  }
}

async function hasLists(): Promise<boolean> {
  return (await readdir(lists).catch(() => [])).some((name) => name.includes("_Packages"));
}

async function update(report: Report): Promise<void> {
  if (!isRoot()) {
    throw new Error("There are no package lists on this machine. Run as root: apt-get update. Then try again.");
  }
  report("reading the distribution's package lists");
  await run("apt-get", ["update", "-o", "DPkg::Lock::Timeout=300"], { env: quiet });
}
