import { setTimeout as sleep } from "node:timers/promises";
import { writeHostKeys } from "../../components/hosts/engineCommand";
import type { Report } from "../../offline/report";
import { localContainers } from "./containers";
import { sharedBackend } from "./environment";
import { hasState, pulumiQuietly, stateLocks } from "./pulumi";
import type { Stack } from "./stack";
import { exportState, importState, recordedContainers, type StackState } from "./state";

/** How a stack was found. */
export interface Recovered {
  /** Its state; absent where this checkout never made one. */
  readonly state?: StackState;
  /** What there was to do, in words; absent where nothing was. */
  readonly done?: string;
}

/**
 * Clears away what a killed run left: its lock, its unfinished operations, and containers that were created but never
 * written to the state, whose names the next run needs. Data is safe: it lies in volumes.
 */
export async function recover(stack: Stack, report: Report): Promise<Recovered> {
  if (!(await hasState(stack))) {
    return {};
  }
  pinHostKeys(stack);
  const done: string[] = [];
  // Locks in a shared backend belong to whoever holds them: Pulumi names them, and refuses to go on.
  const own = sharedBackend() === undefined;
  let locks = own ? await stateLocks(stack) : [];
  // A run that was just interrupted takes a moment to end.
  for (let tries = 0; locks.some(({ alive }) => alive) && tries < 25; tries++) {
    await sleep(200);
    locks = await stateLocks(stack);
  }
  const running = locks.find(({ alive }) => alive);
  if (running !== undefined) {
    throw new Error(
      `Another run works on stack ${stack.name} (process ${running.pid}). Wait until it has ended, or end it: kill ${running.pid}`,
    );
  }
  if (locks.length > 0) {
    report("an earlier run was killed: taking its lock away");
    await pulumiQuietly(stack, ["cancel", "--yes", "--stack", stack.name]);
    done.push("lock of a killed run removed");
  }

  const state = await exportState(stack);
  const { pending_operations, ...finished } = state.deployment;
  const pending = pending_operations?.length ?? 0;
  if (pending > 0) {
    report(`an earlier run left ${pending} operations unfinished: they are done anew`);
    await importState(stack, { ...state, deployment: finished }, "The unfinished operations could not be cleared");
    done.push(`${pending} unfinished operations cleared`);
  }
  // Without the mark of a killed run, a container that is not in this state belongs to another checkout's stack.
  const orphans = locks.length > 0 || pending > 0 ? await removeOrphans(stack, state) : 0;
  if (orphans > 0) {
    done.push(`${orphans} containers of a killed run removed`);
  }
  return { state, ...(done.length > 0 ? { done: done.join(", ") } : {}) };
}

function pinHostKeys({ topology }: Stack): void {
  for (const { name, substrate } of topology.hosts) {
    if (substrate.kind === "docker") writeHostKeys(name, topology.cluster.name, substrate);
  }
}

async function removeOrphans(stack: Stack, state: StackState): Promise<number> {
  const recorded = new Set(recordedContainers(state).map(({ id }) => id));
  let removed = 0;
  for (const { containers, docker } of await localContainers(stack)) {
    const orphans = containers.filter(({ id }) => !recorded.has(id)).map(({ id }) => id);
    if (orphans.length > 0) {
      await docker("rm", "--force", "--volumes", ...orphans);
      removed += orphans.length;
    }
  }
  return removed;
}
