import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import tar from "tar-stream";
import { run } from "../../offline/command";
import { hashOf } from "../../offline/hash";
import type { Report } from "../../offline/report";
import { type ContainerSpec, ensureContainer } from "./containers";
import { containerOf, type Inventory, labUser, type Machine } from "./inventory";
import { hostKeys } from "./keys";
import type { MachineImages } from "./machineImages";
import type { Distribution } from "./packages";
import { labPaths } from "./paths";
import { type Answer, ssh } from "./ssh";

/** Key ring that the machines' apt trusts. */
const keyRing = "/usr/share/keyrings/hashistack-lab.asc";

/** How long a machine may take to come up. */
const patienceMs = 90_000;

/**
 * Makes a machine if it is missing or would be another one now, and starts it. Does not wait for it.
 */
export async function ensureMachine(
  machine: Machine,
  inventory: Inventory,
  images: MachineImages,
  distribution: Distribution,
): Promise<void> {
  const files = await machineFiles(machine, inventory, distribution);
  const spec = machineSpec(machine, inventory, images[machine.kind]);
  const key = hashOf(JSON.stringify(spec), JSON.stringify(files));
  await ensureContainer(spec, key, async (container) => {
    await run("docker", ["cp", "-", `${container}:/`], { input: await archiveOf(files) });
  });
}

/** A machine as a container: what is on top of Docker's defaults is what systemd and agents on it need. */
export function machineSpec(machine: Machine, { subnet }: Inventory, image: string): ContainerSpec {
  return {
    name: machine.name,
    image,
    address: machine.address,
    subnet,
    // An engine's own layers cannot lie on this engine's layers.
    volumes: { "/var/lib/docker": `${containerOf(machine.name)}-docker` },
    options: [
      ...["--hostname", machine.name],
      ...["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "SYS_NICE", "AUDIT_WRITE"].flatMap((name) => ["--cap-add", name]),
      ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
      ...["--tmpfs", "/run:mode=755", "--tmpfs", "/run/lock:mode=1777"],
      ...["--cgroupns", "private"],
      ...["--stop-signal", "SIGRTMIN+3"],
    ],
  };
}

interface MachineFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  /** Numeric user and group. */
  readonly owner: number;
}

const operator = 1000;

/** What makes a machine this one of the lab's: its keys, who may log in, and where its packages and images come from. */
async function machineFiles(
  machine: Machine,
  { services }: Inventory,
  { suite }: Distribution,
): Promise<MachineFile[]> {
  const file = (path: string, content: string, mode = 0o644, owner = 0): MachineFile => ({
    path,
    content,
    mode,
    owner,
  });
  const files = [
    file(`/home/${labUser}/.ssh/authorized_keys`, await readFile(`${labPaths.key}.pub`, "utf8"), 0o600, operator),
    file(keyRing, await readFile(labPaths.signingKey, "utf8")),
    file("/etc/apt/sources.list", `deb [signed-by=${keyRing}] http://${services}/apt/debian ${suite} main\n`),
  ];
  for (const [name, key] of await hostKeys(machine)) {
    files.push(file(`/etc/ssh/${name}`, key, name.endsWith(".pub") ? 0o644 : 0o600));
  }
  if (machine.kind === "docker") {
    const daemon = { "registry-mirrors": [`http://${services}:5000`] };
    files.push(file("/etc/docker/daemon.json", `${JSON.stringify(daemon, null, 2)}\n`));
  }
  return files;
}

async function archiveOf(files: readonly MachineFile[]): Promise<Buffer> {
  const pack = tar.pack();
  const folder = { type: "directory", uid: operator, gid: operator, mode: 0o700 } as const;
  pack.entry({ name: `home/${labUser}/.ssh`, ...folder });
  for (const { path, content, mode, owner } of files) {
    pack.entry({ name: path.slice(1), mode, uid: owner, gid: owner }, content);
  }
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Waits until a machine has come up whole. @throws Error with what is wrong with it. */
export async function awaitMachine(machine: Machine, report: Report): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let answer: Answer | undefined;
  while (Date.now() < deadline) {
    answer = await ssh(machine, "systemctl is-system-running --wait", { timeoutSeconds: 30 });
    if (answer.stdout.trim() === "running") break;
    if (answer.stdout.trim() === "degraded") {
      const failed = await ssh(
        machine,
        "systemctl --failed --no-legend --plain; sudo journalctl -p err -n 20 --no-pager",
      );
      throw new Error(`${machine.name} came up with services that failed:\n${failed.stdout.trim()}`);
    }
    await sleep(300);
  }
  if (answer?.stdout.trim() !== "running") {
    throw new Error(
      `${machine.name} (${machine.address}) did not come up within ${patienceMs / 1000} s: ${answer?.stderr.trim() || answer?.stdout.trim()}\n` +
        `Look at: docker exec ${containerOf(machine.name)} journalctl --no-pager | tail -n 50\n` +
        "Then run make lab-up again: what is wrong is made anew.",
    );
  }
  report(`${machine.name} is up`);
}
