import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "../../offline/apt";
import { run } from "../../offline/command";
import { ensureEngine, findEngine } from "../../offline/engine";
import { engineAddress, isUsualEngine } from "../../offline/engine/client";
import type { EnsuredImage } from "../../offline/images";
import { withLock } from "../../offline/lock";
import type { Report } from "../../offline/report";
import { ensureTool } from "../../offline/toolchain";
import { paths, root } from "../../tasks/lib/paths";
import type { Step } from "../../tasks/lib/steps";
import { ensureNetwork, othersLab, ownerOfLab, removeAll, removeContainer } from "./containers";
import { containerOf, inventoryOf, labLabel, labName, machineOf } from "./inventory";
import { ensureKeys } from "./keys";
import { dropOtherImages, ensureMachineImages, type MachineImages } from "./machineImages";
import { awaitMachine, ensureMachine } from "./machines";
import { ensurePackages, type PackageRepository } from "./packages";
import { labPaths } from "./paths";
import { ensureReleases } from "./releases";
import { ensureServices, layOutServices } from "./services";
import { type Answer, type CommandOptions, capture, ssh } from "./ssh";

export { type Inventory, inventoryOf, labUser, type Machine, type MachineKind, machineOf } from "./inventory";
export { labPaths } from "./paths";
export type { Answer, CommandOptions } from "./ssh";

/** What `make lab-up` does. It continues where a killed run left off, and changes nothing where all is as it should be. */
export function labUpSteps(): Step[] {
  const inventory = inventoryOf();
  let packages: PackageRepository;
  let machineImages: MachineImages;
  let releases: string;
  let images: readonly EnsuredImage[];
  return [
    {
      title: "Docker engine",
      async run(report) {
        if (!isUsualEngine()) {
          throw new Error(
            `DOCKER_HOST is ${engineAddress()}. The lab's machines are reached by their addresses, so they have to be on this machine's own engine: unset DOCKER_HOST.`,
          );
        }
        const { version, origin } = await ensureEngine({ directory: paths.engine, report });
        await refuseOthersLab();
        // Before the long work: from here on another checkout sees that this engine is taken.
        await ensureNetwork(inventory);
        await ensurePrograms(report);
        return `${version} ${origin}`;
      },
    },
    {
      title: "Packages for the machines",
      async run(report) {
        packages = await ensurePackages(report);
        return packages.suite;
      },
    },
    {
      title: "Images of the machines",
      async run(report) {
        machineImages = await ensureMachineImages(packages, report);
        return undefined;
      },
    },
    {
      title: "Releases of Consul, Nomad and Fabio",
      async run(report) {
        releases = await ensureReleases(packages, report);
        return undefined;
      },
    },
    {
      title: "Keys",
      async run() {
        await ensureKeys(inventory);
        return undefined;
      },
    },
    {
      title: "Services: mirrors of releases, packages and images",
      async run(report) {
        images = await layOutServices(packages, releases, report);
        await ensureServices(inventory, packages, releases, images);
        return `at http://${inventory.services}`;
      },
    },
    {
      title: `${inventory.machines.length} machines`,
      async run(report) {
        const { machines } = inventory;
        await Promise.all(machines.map((machine) => ensureMachine(machine, inventory, machineImages, packages)));
        await Promise.all(machines.map((machine) => awaitMachine(machine, report)));
        await dropOtherImages(machineImages);
        return undefined;
      },
    },
  ];
}

/** Brings the lab up, for tests. */
export async function labUp(report: Report): Promise<void> {
  await locked(report, async () => {
    for (const { title, run: doStep } of labUpSteps()) {
      report(title);
      await doStep(report);
    }
  });
}

/** Takes the lab down: containers, volumes, network and files. Images and packages stay, for the next time. */
export async function labDown(report: Report): Promise<void> {
  await locked(report, async () => {
    if (await findEngine()) {
      await refuseOthersLab();
      await removeAll();
    } else {
      report("no Docker engine runs here, so no machine does");
    }
    await rm(labPaths.folder, { recursive: true, force: true });
  });
}

/** Runs what changes the lab, one at a time. */
export function locked<T>(report: Report, work: () => Promise<T>): Promise<T> {
  return withLock(labPaths.lock, work, {
    waiting: ({ pid }) => report(`process ${pid} is bringing the lab up or down`),
  });
}

/** There is one lab on an engine; another checkout's may be in use. One whose checkout has gone is nobody's. */
async function refuseOthersLab(): Promise<void> {
  const owner = await ownerOfLab();
  if (owner === undefined || owner === root) return;
  if (existsSync(join(owner, "tests/lab/lab.ts"))) {
    throw othersLab(owner);
  }
  await removeAll();
}

async function ensurePrograms(report: Report): Promise<void> {
  const needed = { ssh: "openssh-client", "ssh-keygen": "openssh-client", gpg: "gnupg" };
  const missing: string[] = [];
  for (const [program, name] of Object.entries(needed)) {
    const found = await run("which", [program]).catch(() => "");
    if (!found) missing.push(name);
  }
  if (missing.length > 0) await aptInstall([...new Set(missing)], report);
}

/** Runs a command on a machine, as `ops`. */
export function onMachine(name: string, command: string, options?: CommandOptions): Promise<Answer> {
  return ssh(machineOf(inventoryOf(), name), command, options);
}

/** Shuts a machine down as its power button would. */
export async function stopMachine(name: string): Promise<void> {
  await run("docker", ["stop", "--time", "60", containerOf(machineOf(inventoryOf(), name).name)]);
}

/** Cuts a machine's power. */
export async function killMachine(name: string): Promise<void> {
  await run("docker", ["kill", containerOf(machineOf(inventoryOf(), name).name)]);
}

/** Starts a machine again, with its disk as it was, and waits until it is up. */
export async function startMachine(name: string, report: Report = () => {}): Promise<void> {
  const machine = machineOf(inventoryOf(), name);
  await run("docker", ["start", containerOf(machine.name)]);
  await awaitMachine(machine, report);
}

/** Puts machines where they were when nobody had done anything to them, in about a second each. */
export async function renewMachines(names: readonly string[], report: Report): Promise<void> {
  const inventory = inventoryOf();
  await Promise.all(names.map((name) => removeContainer(machineOf(inventory, name).name)));
  await labUp(report);
}

/**
 * Runs a shell command, as root, on a machine that is in the machines' network and was told nothing: no key, no secret,
 * no certificate. It has curl, openssl, and the programs `consul` and `nomad`.
 */
export async function asStranger(command: string, options: CommandOptions = {}): Promise<Answer> {
  const programs: string[] = [];
  for (const tool of ["consul", "nomad"] as const) {
    const { path } = await ensureTool(tool, { report: () => {} });
    programs.push("--volume", `${path}:/usr/local/bin/${tool}:ro`);
  }
  const machine = ["--network", labName, "--label", labLabel, "--hostname", "stranger", ...programs];
  return capture(
    "docker",
    ["run", "--rm", "--interactive", "--init", ...machine, `${labName}/ubuntu:latest`, "bash", "-c", command],
    options,
  );
}
