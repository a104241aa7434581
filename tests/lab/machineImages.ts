import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "../../offline/apt";
import { cached } from "../../offline/cache";
import { run } from "../../offline/command";
import { hashOf } from "../../offline/hash";
import type { Report } from "../../offline/report";
import { labLabel, labName, labUser, type MachineKind } from "./inventory";
import { dockerPackages, type PackageRepository } from "./packages";

/** Raised whenever the same packages and files give another machine. */
const builderVersion = 1;

const init = "/usr/local/sbin/hashistack-lab-init";

/** Files of a machine beyond its packages: place in the machine, and what it is called in the folder `files`. */
const machineFiles = {
  [init]: "init.sh",
  "/etc/systemd/system/hashistack-lab-names.service": "hashistack-lab-names.service",
  "/etc/ssh/sshd_config.d/hashistack-lab.conf": "sshd.conf",
} as const;

/** Image of each kind of machine on this machine's engine, by id. */
export type MachineImages = Readonly<Record<MachineKind, string>>;

const imageLabel = "hashistack.lab.image";

/** Puts the images of the machines on the engine. Their file systems are made once. */
export async function ensureMachineImages(packages: PackageRepository, report: Report): Promise<MachineImages> {
  const files = await Promise.all(Object.values(machineFiles).map((name) => readFile(fileOf(name))));
  const key = `lab-machines-${hashOf(packages.key, JSON.stringify(machineFiles), ...files, String(builderVersion))}`;
  const folder = await cached(key, (directory) => make(packages, directory, report), report);
  const images = {
    ubuntu: await ensureImage("ubuntu", key, join(folder, "ubuntu.tar"), report),
    docker: await ensureImage("docker", key, join(folder, "docker.tar"), report),
  };
  return images;
}

async function ensureImage(kind: MachineKind, key: string, archive: string, report: Report): Promise<string> {
  const find = async () =>
    (
      await run("docker", ["image", "ls", "--quiet", "--no-trunc", "--filter", `label=${imageLabel}=${key}-${kind}`])
    ).split("\n")[0];
  const found = await find();
  if (found) return found;
  report(`putting the image of the ${kind === "docker" ? "Docker hosts" : "Ubuntu machines"} on the engine`);
  const labels = [labLabel, `${imageLabel}=${key}-${kind}`].flatMap((label) => ["--change", `LABEL ${label}`]);
  const changes = ["ENV container=docker", `CMD ["${init}"]`];
  const options = [...labels, ...changes.flatMap((line) => ["--change", line])];
  return (await run("docker", ["import", ...options, archive, `${labName}/${kind}:latest`])).trim();
}

/** Removes images of former recipes, once no machine is of them any more. */
export async function dropOtherImages(images: MachineImages): Promise<void> {
  const ids = (await run("docker", ["image", "ls", "--quiet", "--no-trunc", "--filter", `label=${imageLabel}`]))
    .split("\n")
    .filter(Boolean);
  for (const id of new Set(ids)) {
    if (!Object.values(images).includes(id)) await run("docker", ["image", "rm", "--force", id]);
  }
}

const fileOf = (name: string) => join(__dirname, "files", name);

async function make(packages: PackageRepository, directory: string, report: Report): Promise<void> {
  if (!existsSync("/usr/sbin/debootstrap")) await aptInstall(["debootstrap"], report);
  const root = join(directory, "root");
  report(`making an Ubuntu stand-in of ${packages.base.length} packages`);
  const include = ["--variant=minbase", "--merged-usr", "--no-check-gpg", `--include=${packages.base.join(",")}`];
  await run("debootstrap", [...include, packages.suite, root, `file://${packages.folder}`], { env: environment });
  await finish(root);
  await pack(root, join(directory, "ubuntu.tar"));

  report("making a Docker host of it");
  await installMore(root, packages, dockerPackages);
  await inside(root, "usermod", "--append", "--groups", "docker", labUser);
  await pack(root, join(directory, "docker.tar"));
  await rm(root, { recursive: true });
}

const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  DEBIAN_FRONTEND: "noninteractive",
  LC_ALL: "C.UTF-8",
  HOME: "/root",
};

function inside(root: string, ...command: string[]): Promise<string> {
  return run("chroot", [root, ...command], { env: environment });
}

/** What an installer would do: a person's login, services, nothing that only one of several machines may have. */
async function finish(root: string): Promise<void> {
  for (const [path, name] of Object.entries(machineFiles)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await copyFile(fileOf(name), join(root, path));
  }
  await chmod(join(root, init), 0o755);
  await writeFile(join(root, "etc/default/locale"), "LANG=C.UTF-8\n");
  await inside(root, "useradd", "--create-home", "--shell", "/bin/bash", labUser);
  await writeFile(join(root, "etc/sudoers.d", labUser), `${labUser} ALL=(ALL) NOPASSWD:ALL\n`, { mode: 0o440 });
  const enable = ["ssh", "systemd-resolved", "hashistack-lab-names"];
  await inside(root, "systemctl", "enable", ...enable);
  // There is neither a terminal nor a clock to set in a container.
  const mask = ["console-getty.service", "getty@tty1.service", "systemd-timesyncd.service"];
  await inside(root, "systemctl", "mask", ...mask);
  await inside(root, "systemctl", "set-default", "multi-user.target");
}

/** Installs packages in the file system; they are laid into it for that time. */
async function installMore(root: string, packages: PackageRepository, names: readonly string[]): Promise<void> {
  const repository = join(root, "var/cache/hashistack-lab");
  const policy = join(root, "usr/sbin/policy-rc.d");
  const list = join(root, "etc/apt/sources.list");
  await cp(packages.folder, repository, { recursive: true });
  // Nothing is to be started in a file system that is not a machine yet.
  await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  await writeFile(list, `deb [trusted=yes] file:/var/cache/hashistack-lab ${packages.suite} main\n`);
  await inside(root, "apt-get", "update");
  await inside(root, "apt-get", "install", "--yes", "--no-install-recommends", ...names);
  await rm(repository, { recursive: true });
  await rm(policy);
}

async function pack(root: string, archive: string): Promise<void> {
  for (const path of ["var/lib/apt/lists", "var/cache/apt", "var/log/apt", "run"]) {
    await rm(join(root, path), { recursive: true, force: true });
    await mkdir(join(root, path), { recursive: true });
  }
  await writeFile(join(root, "etc/apt/sources.list"), "");
  await writeFile(join(root, "etc/machine-id"), "");
  await inside(root, "bash", "-c", "rm -f /etc/ssh/ssh_host_* /etc/resolv.conf /etc/hostname /var/log/*.log");
  await run("tar", ["--numeric-owner", "--xattrs", "-C", root, "-cf", archive, "."]);
}
