import { shareByHand } from "../../offline/engine/sharedMounts";
import type { Facts, RunningContainer } from "./facts";
import type { Listener, Protocol } from "./sockets";

/** A port that an agent or a task will listen on. */
export interface PortWish {
  readonly port: number;
  readonly address: string;
  /** @default tcp */
  readonly protocol?: Protocol;
  /** Who will listen, in the words of the person who reads a finding. */
  readonly purpose: string;
  /** What it is to find the port held. @default error */
  readonly severity?: Finding["severity"];
}

/** What a stack asks of the machine on which its agents run. */
export interface PreflightPlan {
  readonly ports: readonly PortWish[];
  /** Label, as `key=value`, of the containers that may hold those ports already: the stack's own. */
  readonly ownLabel: string;
  /** Further labels of the stack's own containers, such as its tasks'. */
  readonly ownTaskLabels?: readonly string[];
  /** Oldest Docker engine that does. */
  readonly dockerVersion: string;
  readonly diskGib: number;
  readonly memoryMib: number;
  /** Whether a Nomad client will run here: it needs control groups, and mounts that its tasks can see. */
  readonly runsTasks: boolean;
}

/** One thing that stands in the way, and what to do about it. */
export interface Finding {
  /** An error stops the stack from coming up, a warning may spoil it. */
  readonly severity: "error" | "warning";
  readonly what: string;
  readonly remedy: string;
}

/** Judges a machine. Everything is found at once. */
export function judge(plan: PreflightPlan, facts: Facts): Finding[] {
  const own = new Set(facts.containers.filter((container) => isOwn(container, plan)).map(({ id }) => id));
  return [
    ...docker(plan, facts),
    ...ports(plan, facts, own),
    ...disks(plan, facts),
    // What the stack itself already takes is not missing.
    ...(own.size > 0 ? [] : memory(plan, facts)),
    ...(plan.runsTasks ? [...controlGroups(facts), ...propagation(facts)] : []),
  ];
}

function isOwn({ labels }: RunningContainer, { ownLabel, ownTaskLabels = [] }: PreflightPlan): boolean {
  return [ownLabel, ...ownTaskLabels].some((label) => {
    const [key = "", ...value] = label.split("=");
    return labels[key] === value.join("=");
  });
}

const error = (what: string, remedy: string): Finding => ({ severity: "error", what, remedy });
const warning = (what: string, remedy: string): Finding => ({ severity: "warning", what, remedy });

function docker(plan: PreflightPlan, { engine, noEngine }: Facts): Finding[] {
  if (engine === undefined) {
    return [
      error(
        `no Docker engine answers${noEngine ? `: ${noEngine}` : ""}`,
        "start it (systemctl start docker), or join the group docker if it runs already",
      ),
    ];
  }
  return older(engine.version, plan.dockerVersion)
    ? [error(`the Docker engine is ${engine.version}, and ${plan.dockerVersion} or later is needed`, "upgrade it")]
    : [];
}

function ports(plan: PreflightPlan, facts: Facts, own: ReadonlySet<string>): Finding[] {
  return plan.ports.flatMap((wish): Finding[] => {
    const holders = holdersOf(wish, facts);
    if (holders.length === 0 || holders.some(({ container }) => container !== undefined && own.has(container.id))) {
      return [];
    }
    const { port, address, protocol = "tcp", purpose, severity = "error" } = wish;
    const [holder] = holders as [Holder, ...Holder[]];
    const what = `${protocol} port ${port} on ${address} (${purpose}) is held by ${nameOf(holder)}`;
    return [{ severity, what, remedy: remedyFor(holder) }];
  });
}

interface Holder {
  readonly container?: RunningContainer;
  readonly process?: Listener["process"];
}

/** Who holds a port: containers that publish it first, since of those the kernel shows only Docker's own proxy. */
function holdersOf({ port, address, protocol = "tcp" }: PortWish, { containers, listeners }: Facts): Holder[] {
  const same = (held: { protocol: Protocol; address: string; port: number }) =>
    held.protocol === protocol && held.port === port && overlaps(held.address, address);
  return [
    ...containers.filter((container) => container.ports.some(same)).map((container) => ({ container })),
    ...listeners.filter(same).map(({ process }) => ({
      process,
      container: containers.find(({ id }) => id === process?.container),
    })),
  ];
}

const any = new Set(["0.0.0.0", "::"]);

function overlaps(held: string, wanted: string): boolean {
  return held === wanted || any.has(held) || any.has(wanted);
}

function nameOf({ process, container }: Holder): string {
  if (container) {
    return `the container ${container.name}${process ? ` (${process.name}, process ${process.pid})` : ""}`;
  }
  return process ? `${process.name} (process ${process.pid})` : "a process that this user may not see";
}

function remedyFor({ process, container }: Holder): string {
  const stop = container
    ? `docker stop ${container.name}`
    : process
      ? `stop ${process.name} (kill ${process.pid})`
      : "as root, find it (ss -lntup) and stop it";
  return `${stop}, or choose another port in the stack's configuration`;
}

function disks(plan: PreflightPlan, { disks: found }: Facts): Finding[] {
  return found
    .filter(({ freeGib }) => freeGib < plan.diskGib)
    .map(({ path, freeGib, uses }) =>
      error(
        `${freeGib.toFixed(1)} GiB are free at ${path} (${uses.join("; ")}), and ${plan.diskGib} are needed`,
        "free some, for instance with: docker system prune",
      ),
    );
}

function memory(plan: PreflightPlan, { availableMemoryMib }: Facts): Finding[] {
  return availableMemoryMib < plan.memoryMib
    ? [
        warning(
          `${Math.round(availableMemoryMib)} MiB of memory are available, ${plan.memoryMib} are advisable`,
          "end something large, or expect tasks that are not placed or are killed",
        ),
      ]
    : [];
}

/** Controllers that Nomad's client asks for, by version. */
const neededControllers = { 1: ["cpu", "cpuset", "freezer", "memory", "pids"], 2: ["cpu", "cpuset", "memory", "pids"] };

function controlGroups({ cgroups }: Facts): Finding[] {
  if (cgroups === undefined) {
    return [
      error(
        "no control groups are mounted at /sys/fs/cgroup, and without them a Nomad client does not start",
        "as root: mount -t cgroup2 none /sys/fs/cgroup",
      ),
    ];
  }
  const missing = neededControllers[cgroups.version].filter((name) => !cgroups.controllers.includes(name));
  return missing.length > 0
    ? [
        error(
          `control groups (version ${cgroups.version}) lack ${missing.join(", ")}`,
          "enable them on the kernel's command line (such as cgroup_enable=memory), and restart the machine",
        ),
      ]
    : [];
}

function propagation({ volumes }: Facts): Finding[] {
  if (typeof volumes === "string") {
    return [
      warning(
        `whether tasks would see their secrets could not be found out: ${volumes}`,
        "if tasks find /secrets empty, make the engine's volumes folder a shared mount on its machine",
      ),
    ];
  }
  return volumes && !volumes.shared
    ? [
        error(
          `${volumes.folder} is not on a shared mount: a Nomad client would not start`,
          `as root on the engine's machine: ${shareByHand(volumes)}`,
        ),
      ]
    : [];
}

/** Compares the leading numbers of versions; what follows them, such as `+dfsg1` or `-rc.1`, plays no part. */
export function older(version: string, than: string): boolean {
  const numbers = (text: string) => (/^v?([\d.]*)/.exec(text)?.[1] ?? "").split(".").map(Number);
  const [found, wanted] = [numbers(version), numbers(than)];
  for (let i = 0; i < 3; i++) {
    const difference = (found[i] ?? 0) - (wanted[i] ?? 0);
    if (difference !== 0) {
      return difference < 0;
    }
  }
  return false;
}

/** Findings as lines for a person, errors first. */
export function formatFindings(findings: readonly Finding[]): string {
  return [...findings]
    .sort((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0))
    .map(({ severity, what, remedy }) => `  - ${severity}: ${what}\n      ${remedy}`)
    .join("\n");
}
