import { shareCommands } from "../../offline/engine/sharedMounts";
import type { Facts, Listener } from "./facts";

/** What a stack asks of the machine on which its agents run. */
export interface PreflightPlan {
  readonly ports: readonly { readonly port: number; readonly address: string; readonly purpose: string }[];
  /** Label, as `key=value`, of the containers that may hold those ports already: the stack's own. */
  readonly ownLabel: string;
  /** Oldest Docker engine that does. */
  readonly dockerVersion: string;
  readonly diskGib: number;
  readonly memoryMib: number;
  /** Whether a Nomad client will run here: it needs control groups, and mounts that its tasks can see. */
  readonly runsTasks: boolean;
}

/** One thing that stands in the way, and what to do about it. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly what: string;
  readonly remedy: string;
}

/** Judges a machine. Everything is found at once. */
export function judge(plan: PreflightPlan, facts: Facts): Finding[] {
  return [
    ...docker(plan, facts),
    ...ports(plan, facts),
    ...disks(plan, facts),
    ...memory(plan, facts),
    ...(plan.runsTasks ? [...controlGroups(facts), ...propagation(facts)] : []),
  ];
}

function docker(plan: PreflightPlan, { engine }: Facts): Finding[] {
  if (engine === undefined) {
    return [
      {
        severity: "error",
        what: "no Docker engine answers",
        remedy: "start it (systemctl start docker), or join the group docker if it runs already",
      },
    ];
  }
  return older(engine.version, plan.dockerVersion)
    ? [
        {
          severity: "error",
          what: `the Docker engine is ${engine.version}, and ${plan.dockerVersion} or later is needed`,
          remedy: "upgrade it",
        },
      ]
    : [];
}

function ports(plan: PreflightPlan, facts: Facts): Finding[] {
  return plan.ports.flatMap(({ port, address, purpose }): Finding[] => {
    const holder = facts.listeners.find((listener) => listener.port === port && overlaps(listener.address, address));
    if (holder === undefined || (holder.process?.container && facts.ownContainers.has(holder.process.container))) {
      return [];
    }
    return [
      {
        severity: "error",
        what: `port ${port} (${purpose}) is held by ${holderName(holder)}`,
        remedy: "stop that, or choose another port in the stack's configuration",
      },
    ];
  });
}

function overlaps(held: string, wanted: string): boolean {
  return held === wanted || held === "0.0.0.0" || held === "::" || wanted === "0.0.0.0";
}

function holderName({ process }: Listener): string {
  if (process === undefined) {
    return "a process of another user";
  }
  const container = process.container ? `, in container ${process.container.slice(0, 12)}` : "";
  return `${process.name} (process ${process.pid}${container})`;
}

function disks(plan: PreflightPlan, { freeDisks }: Facts): Finding[] {
  return freeDisks
    .filter(({ gib }) => gib < plan.diskGib)
    .map(({ path, gib }) => ({
      severity: "error",
      what: `${gib.toFixed(1)} GiB are free at ${path}, and ${plan.diskGib} are needed`,
      remedy: "free some, for instance with: docker system prune",
    }));
}

function memory(plan: PreflightPlan, { availableMemoryMib }: Facts): Finding[] {
  return availableMemoryMib < plan.memoryMib
    ? [
        {
          severity: "warning",
          what: `${Math.round(availableMemoryMib)} MiB of memory are available, ${plan.memoryMib} are advisable`,
          remedy: "end something large, or expect tasks to be placed slowly or not at all",
        },
      ]
    : [];
}

function controlGroups({ cgroups }: Facts): Finding[] {
  if (cgroups === undefined) {
    return [
      {
        severity: "error",
        what: "no control groups are mounted at /sys/fs/cgroup",
        remedy: "mount them; without them a Nomad client does not start",
      },
    ];
  }
  const missing = ["cpu", "memory", "pids"].filter((name) => !cgroups.controllers.includes(name));
  return missing.length > 0
    ? [
        {
          severity: "error",
          what: `control groups (version ${cgroups.version}) lack ${missing.join(", ")}`,
          remedy: "enable these controllers in the kernel's command line",
        },
      ]
    : [];
}

function propagation({ volumes }: Facts): Finding[] {
  return volumes && !volumes.shared
    ? [
        {
          severity: "error",
          what: `${volumes.folder} is not on a shared mount: tasks would find their secrets folder empty`,
          remedy: `as root: ${shareCommands(volumes.folder).join(" && ")}`,
        },
      ]
    : [];
}

function older(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
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
