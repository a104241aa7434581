import { run } from "../../offline/command";
import { root } from "../../tasks/lib/paths";
import { containerOf, type Inventory, labLabel, labName } from "./inventory";

/** A container of the lab. Plain data: its hash tells when to make it anew. */
export interface ContainerSpec {
  /** Name in the lab. */
  readonly name: string;
  readonly image: string;
  readonly address: string;
  readonly subnet: string;
  /** Volumes of its own, by where they lie in it: as old as the container, never older. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Options of `docker create` beyond name, labels, address and volumes. */
  readonly options: readonly string[];
  /** @default the image's own */
  readonly command?: readonly string[];
}

const specLabel = "hashistack.lab.spec";
/** Which checkout the lab belongs to: there is one lab on an engine. */
const ownerLabel = "hashistack.lab.checkout";

const labels = [labLabel, `${ownerLabel}=${root}`].flatMap((label) => ["--label", label]);
const ours = ["--filter", `label=${labLabel}`];

/**
 * Starts a container, made anew where it is missing, was made otherwise, or was left half-made by a killed run.
 * @param key names what it is to be, with all that `fill` puts into it
 * @param fill puts files into it before its first start
 */
export async function ensureContainer(
  spec: ContainerSpec,
  key: string,
  fill: (container: string) => Promise<void>,
): Promise<void> {
  const name = containerOf(spec.name);
  const format = `{{.State.Status}} {{index .Config.Labels "${specLabel}"}}`;
  const [status, found] = (
    await run("docker", ["container", "inspect", "--format", format, name]).catch(ifMissing("container", ""))
  )
    .trim()
    .split(" ");
  if (found === key && status === "running") return;
  // Of one that was never started nobody knows whether it was filled.
  if (found !== key || status !== "exited") {
    if (status) await run("docker", ["rm", "--force", "--volumes", name]);
    const volumes = Object.entries(spec.volumes ?? {});
    for (const [, volume] of volumes) await run("docker", ["volume", "rm", "--force", volume]);
    const mounts = volumes.flatMap(([path, volume]) => [
      "--mount",
      `type=volume,source=${volume},destination=${path},volume-label=${labLabel}`,
    ]);
    await run("docker", [
      "create",
      ...["--name", name, ...labels, "--label", `${specLabel}=${key}`],
      ...["--network", labName, "--ip", spec.address, ...mounts, ...spec.options],
      spec.image,
      ...(spec.command ?? []),
    ]);
    await fill(name);
  }
  await run("docker", ["start", name]);
}

/** Removes a container, whatever it is doing; its volumes go before it is made anew. */
export async function removeContainer(name: string): Promise<void> {
  await run("docker", ["rm", "--force", "--volumes", containerOf(name)]).catch(ifMissing("container", ""));
}

/** Whether a container of that name runs. */
export async function isRunning(name: string): Promise<boolean> {
  const found = await run("docker", ["container", "inspect", "--format", "{{.State.Running}}", name]).catch(
    ifMissing("container", "false"),
  );
  return found.trim() === "true";
}

/**
 * Makes the lab's network. It is the first thing of a lab to be there and the last to go: whose it is, the engine is.
 * @throws Error where it is another checkout's, or lies elsewhere than it was asked for.
 */
export async function ensureNetwork({ subnet, gateway, others }: Inventory): Promise<void> {
  let found = await findNetwork();
  if (found === undefined) {
    const addresses = ["--subnet", subnet, "--gateway", gateway, "--ip-range", others];
    try {
      await run("docker", ["network", "create", ...labels, ...addresses, labName]);
      return;
    } catch (cause) {
      // Another checkout may have been quicker since we looked.
      found = await findNetwork();
      if (found === undefined) {
        if (!/overlaps/.test((cause as Error).message)) throw cause;
        throw new Error(
          `The network ${subnet} is in use on this machine. Give the lab another one: HASHISTACK_LAB_SUBNET=10.78.0.0/24 make lab-up`,
        );
      }
    }
  }
  if (found.owner === "") {
    throw new Error(
      `There is a Docker network ${labName} that no lab has made. Remove it first: docker network rm ${labName}`,
    );
  }
  if (found.owner !== root) throw othersLab(found.owner);
  if (found.subnet !== subnet) {
    throw new Error(`The lab runs at ${found.subnet}, ${subnet} was asked for. Take it down first: make lab-down`);
  }
}

async function findNetwork(): Promise<{ readonly subnet: string; readonly owner: string } | undefined> {
  const format = `{{range .IPAM.Config}}{{.Subnet}}{{end}} {{index .Labels "${ownerLabel}"}}`;
  const found = (
    await run("docker", ["network", "inspect", "--format", format, labName]).catch(ifMissing("network", ""))
  ).trim();
  if (!found) return undefined;
  const [subnet = "", ...owner] = found.split(" ");
  return { subnet, owner: owner.join(" ") };
}

/** What is told where the engine has another checkout's lab already. */
export function othersLab(owner: string): Error {
  return new Error(`The lab of another checkout is on this engine. Take it down first: make -C ${owner} lab-down`);
}

/** Folder of the checkout that the engine's lab belongs to, also one that is only coming up; undefined where none is. */
export async function ownerOfLab(): Promise<string | undefined> {
  const owner = ["--format", `{{.Label "${ownerLabel}"}}`];
  const found = [
    await run("docker", ["ps", "--all", ...ours, ...owner]),
    await run("docker", ["network", "ls", ...ours, ...owner]),
  ];
  return found.flatMap(words)[0];
}

/** Removes containers, volumes and network of the lab, all of them. */
export async function removeAll(): Promise<void> {
  const containers = words(await run("docker", ["ps", "--all", "--quiet", ...ours]));
  if (containers.length > 0) await run("docker", ["rm", "--force", "--volumes", ...containers]);
  const volumes = words(await run("docker", ["volume", "ls", "--quiet", ...ours]));
  if (volumes.length > 0) await run("docker", ["volume", "rm", "--force", ...volumes]);
  const networks = words(await run("docker", ["network", "ls", "--quiet", ...ours]));
  if (networks.length > 0) await run("docker", ["network", "rm", ...networks]);
}

const words = (text: string) => text.split("\n").filter(Boolean);

/** Turns the answer that something is not there into a value. */
function ifMissing<T>(what: string, value: T): (cause: Error) => T {
  return (cause) => {
    if (new RegExp(`no such ${what}|${what} .* not found`, "i").test(cause.message)) return value;
    throw cause;
  };
}
