import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { run } from "./command";
import type { Report } from "./report";

/** Whether this is a Debian or Ubuntu on which we may install packages. */
export function canUseApt(): boolean {
  return existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
}

/** Installs packages from the distribution. */
export async function aptInstall(packages: readonly string[], report: Report): Promise<void> {
  await ensureLists(report);
  report(`installing ${packages.join(", ")} from the distribution`);
  await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

/** Names of packages with everything that they depend on. */
export async function aptList(packages: readonly string[], report: Report): Promise<string[]> {
  if (!canUseApt()) {
    throw new Error(
      `These Debian packages are needed to make an image: ${packages.join(", ")}. They can be fetched as root on Debian ` +
        "or Ubuntu only; elsewhere pull the image, or load it onto the Docker engine from another machine (docker save, docker load).",
    );
  }
  await ensureLists(report);
  const without = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(
    (kind) => `--no-${kind}`,
  );
  const tree = await run("apt-cache", ["depends", "--recurse", ...without, ...packages]);
  const names = tree.split("\n").filter((line) => /^[a-z0-9]/.test(line));
  // Another architecture's variant of the same package ends in `:i386`.
  return [...new Set(names)].filter((name) => !name.includes(":")).sort();
}

async function ensureLists(report: Report): Promise<void> {
  const lists = await readdir("/var/lib/apt/lists").catch(() => []);
  if (lists.some((name) => name.includes("_Packages"))) {
    return;
  }
  report("reading the distribution's package lists");
  await run("apt-get", ["update"]);
}
