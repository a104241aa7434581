import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { Context } from "../../kit/definition";
import { orGone } from "../engine";
import { lastLines } from "./logs";
import type { Inspect } from "./outputs";
import type { ContainerInputs } from "./properties";

/** How long a started container is given to fail at once, in milliseconds. */
const SETTLING_MS = 100;
const POLL_MS = 200;

/** The container stopped although it must run. */
export class NotRunning extends Error {}
/** The container runs, and is not healthy in time. */
export class NotHealthy extends Error {}

/**
 * Waits until a started container is as the program wants it: running where it must run, healthy where it is waited
 * for. Throws `NotRunning` or `NotHealthy` with what the container had to say.
 */
export async function becomeReady(
  container: Docker.Container,
  inputs: ContainerInputs,
  context: Context,
): Promise<Inspect> {
  const started = Date.now();
  let told = -1;
  if (inputs.mustRun && !inputs.wait)
    await sleep(SETTLING_MS, undefined, { signal: context.signal }).catch(() => undefined);
  for (;;) {
    const inspect = (await orGone(container.inspect())) as Inspect | undefined;
    if (inspect === undefined) throw new NotRunning(`container ${inputs.name} is gone: something removed it`);
    if (inputs.mustRun && !inspect.State.Running) throw await notRunning(container, inputs, inspect);
    if (!inputs.wait || inspect.State.Health?.Status === "healthy") return inspect;
    if (!inspect.State.Health) {
      throw new NotHealthy(
        `container ${inputs.name} cannot be waited for: \`wait\` needs a healthcheck, and it has none`,
      );
    }
    const seconds = (Date.now() - started) / 1000;
    if (seconds >= inputs.waitTimeout || context.signal.aborted) throw notHealthy(inputs, inspect, seconds);
    if (Math.floor(seconds) > told) {
      told = Math.floor(seconds);
      context.status(`waiting for ${inputs.name} to be healthy (${told} s of ${inputs.waitTimeout} s)`);
    }
    await sleep(POLL_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function notRunning(container: Docker.Container, inputs: ContainerInputs, inspect: Inspect): Promise<Error> {
  const lines = await lastLines(container, inputs.tty);
  const { ExitCode: code, Error: error, OOMKilled: oom } = inspect.State;
  const why = [`exit code ${code}`, oom ? "out of memory" : "", error].filter(Boolean).join(", ");
  return new NotRunning(
    `container exited immediately: ${inputs.name} (${why}). ` +
      (lines === "" ? "It printed nothing." : `Its last lines:\n${lines}`),
  );
}

function notHealthy(inputs: ContainerInputs, inspect: Inspect, seconds: number): Error {
  const health = inspect.State.Health;
  const last = health?.Log?.at(-1);
  return new NotHealthy(
    `container failed to be in healthy state: ${inputs.name} is ${health?.Status} after ${Math.floor(seconds)} s ` +
      `(waitTimeout is ${inputs.waitTimeout} s). ` +
      (last
        ? `Last check: exit code ${last.ExitCode}, ${last.Output.trim() || "no output"}`
        : "No check has ended yet."),
  );
}
