import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { type Before, type Context, defineResource, type Outcome, type Values } from "../../kit/definition";
import { isList } from "../../kit/values";
import { type Engine, isStatus, messageOf, orGone } from "../engine";
import { createContainer, ready } from "./create";
import { containerFailures } from "./limits";
import { containerOutputs, type Inspect, isDown, observedInputs, observedOutputs } from "./outputs";
import { plannedOutputs } from "./plan";
import { type ContainerInputs, containerProperties, containerOutputs as outputs } from "./properties";
import { updatable, updateRequest } from "./request";

/** What a running container keeps until it is replaced, although the official provider calls a change an update. */
const KEPT = ["healthcheck", "mounts", "tmpfs", "init", "rm"] as const;

/** `docker:index/container:Container` */
export const container = defineResource<Engine>()({
  token: "docker:index/container:Container",
  inputs: containerProperties,
  outputs,
  refused: {
    gpus: "this stand-in gives containers no GPUs",
    platform: "this stand-in runs containers of the engine's own platform only",
    storageOpts: "this stand-in sets no storage options",
  },
  deleteBeforeReplace: true,
  schemaVersion: 2,

  check: (news) => ({ inputs: wantedRunning(news), failures: containerFailures(news) }),

  plan: plannedOutputs,

  create: (inputs, context) => createContainer({ ...inputs, name: inputs.name as string }, context),

  async read(before, { config }) {
    const inspect = (await orGone(config.docker.getContainer(before.id).inspect())) as Inspect | undefined;
    if (inspect === undefined || inspect.State.Status === "removing") return undefined;
    const imported = before.inputs.image === undefined;
    const inputs = imported ? importedInputs(inspect) : before.inputs;
    return {
      id: inspect.Id,
      outputs: observedOutputs(inspect, inputs),
      inputs: observedInputs(inspect, inputs),
    };
  },

  update,

  async delete({ id, inputs }, { config, status }) {
    const target = config.docker.getContainer(id);
    const grace = inputs.destroyGraceSeconds ?? 0;
    if (grace > 0) {
      status(`stopping ${inputs.name} (up to ${grace} s)`);
      await unlessGone(`Error stopping container ${id}`, () => target.stop({ t: grace }));
    }
    await unlessGone(`Error deleting container ${id}`, () => target.remove({ force: true, v: inputs.removeVolumes }));
    await gone(target);
  },
});

/**
 * A stopped container is recorded as `mustRun: false`. Where the program says nothing, that must not become its default
 * from then on, as recorded defaults do.
 */
function wantedRunning(news: Values): Values {
  const defaulted = isList(news.__defaults) && news.__defaults.includes("mustRun");
  return defaulted ? { ...news, mustRun: true } : news;
}

async function update(
  before: Before<ContainerInputs>,
  inputs: ContainerInputs,
  context: Context<Engine>,
): Promise<Outcome> {
  const target = context.config.docker.getContainer(before.id);
  const found = (await orGone(target.inspect())) as Inspect | undefined;
  if (found === undefined) {
    throw new Error(`container ${inputs.name} is gone: something removed it. \`pulumi up --refresh\` creates it again`);
  }
  for (const name of KEPT) {
    if (JSON.stringify(before.inputs[name]) === JSON.stringify(inputs[name])) continue;
    context.log(
      "warning",
      `${name} changed, but a container keeps it from its creation on: ` +
        `it takes effect when the container is replaced (resource option replaceOnChanges: ["${name}"])`,
    );
  }
  if (updatable(before.inputs, inputs).length > 0) {
    await target.update(updateRequest(inputs)).catch((cause) => {
      throw new Error(`Unable to update a container: ${messageOf(cause)}`);
    });
  }
  if (isDown(found, inputs)) {
    await target.start().catch((cause) => {
      throw new Error(`Unable to start container: ${messageOf(cause)}`);
    });
    return ready(target, inputs, context);
  }
  // After a failed start the next run comes here: it fails again until the container is healthy.
  if (inputs.wait && inputs.start && found.State.Health?.Status !== "healthy") return ready(target, inputs, context);
  return { outputs: containerOutputs((await target.inspect()) as Inspect, inputs) };
}

/** What a program would have had to say at least, for an import. */
function importedInputs(inspect: Inspect): Partial<ContainerInputs> {
  const outputs = containerOutputs(inspect, {}) as Values;
  const pick = ["command", "entrypoints", "hostname", "image", "name", "networkMode", "restart", "user", "workingDir"];
  return Object.fromEntries(pick.map((name) => [name, outputs[name]])) as Partial<ContainerInputs>;
}

/** Waits until the engine has let go of the name and the volumes. */
async function gone(target: Docker.Container): Promise<void> {
  while ((await orGone(target.inspect())) !== undefined) await sleep(100);
}

async function unlessGone(what: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const harmless =
      isStatus(cause, 404) || isStatus(cause, 304) || messageOf(cause).includes("is already in progress");
    if (!harmless) throw new Error(`${what}: ${messageOf(cause)}`);
  }
}
