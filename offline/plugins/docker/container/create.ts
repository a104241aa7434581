import type Docker from "dockerode";
import { type Context, type Created, InitializationError } from "../../kit/definition";
import { type Engine, isStatus, messageOf, orGone } from "../engine";
import { findImage } from "../image/find";
import { isLeftOver, Journal } from "./journal";
import { containerOutputs, type Inspect } from "./outputs";
import type { ContainerInputs } from "./properties";
import { becomeReady, NotHealthy, NotRunning } from "./ready";
import { attachments, createRequest } from "./request";
import { uploadArchive } from "./upload";

type Inputs = ContainerInputs & { readonly name: string };

/**
 * Creates a container, fills and starts it. One that cannot start or stops at once is removed again, so that the next
 * run starts afresh; one that is merely not healthy in time is kept and stored as failed.
 */
export async function createContainer(
  inputs: Inputs,
  context: Context<Engine>,
  journal = new Journal(),
): Promise<Created> {
  const engine = context.config;
  await findImage(engine, inputs.image, context).catch((cause) => {
    throw new Error(`Unable to create container with image ${inputs.image}: ${messageOf(cause)}`);
  });
  const archive = inputs.uploads?.length ? await uploadArchive(inputs.uploads) : undefined;

  const { id: engineId, clockAheadMs } = await engine.identity();
  const leftOver = await findLeftOver(engine, engineId, inputs.name, context.urn, journal);
  if (leftOver !== undefined) {
    context.log("warning", `removing container ${inputs.name}, which an interrupted run left behind half made`);
    await orGone(leftOver.remove({ force: true, v: inputs.removeVolumes }));
  }
  // A second of slack for rounding: a container that somebody else made this very second has another URN anyway.
  const startedAt = Date.now() + clockAheadMs - 1000;
  await journal.begin(engineId, { urn: context.urn, name: inputs.name, startedAt });
  let container: Docker.Container;
  try {
    container = await engine.docker.createContainer(createRequest(inputs));
  } catch (cause) {
    await journal.end(engineId, inputs.name);
    throw new Error(`Unable to create container: ${messageOf(cause)}${adviceFor(cause, inputs.name)}`);
  }

  try {
    const created = await startContainer(container, inputs, archive, context);
    await journal.end(engineId, inputs.name);
    return created;
  } catch (cause) {
    if (cause instanceof InitializationError) {
      await journal.end(engineId, inputs.name);
      throw cause;
    }
    // Where even this fails, the note stays, and the next run removes what is left.
    await container.remove({ force: true, v: inputs.removeVolumes }).then(
      () => journal.end(engineId, inputs.name),
      () => undefined,
    );
    throw cause;
  }
}

async function startContainer(
  container: Docker.Container,
  inputs: Inputs,
  archive: Buffer | undefined,
  context: Context<Engine>,
): Promise<Created> {
  await joinNetworks(context.config, container, inputs);
  if (archive !== undefined) {
    await attempt("Unable to upload volume content", () => container.putArchive(archive, { path: "/" }));
  }
  if (!inputs.start) return created((await container.inspect()) as Inspect, inputs);
  await attempt("Unable to start container", () => container.start());
  return ready(container, inputs, context);
}

/** Waits for a started container, and turns its failure into what the engine is to remember. */
export async function ready(
  container: Docker.Container,
  inputs: ContainerInputs,
  context: Context<Engine>,
): Promise<Created> {
  try {
    return created(await becomeReady(container, inputs, context), inputs);
  } catch (cause) {
    if (cause instanceof NotRunning || !(cause instanceof NotHealthy)) throw cause;
    const inspect = (await container.inspect()) as Inspect;
    throw new InitializationError(created(inspect, inputs), [cause.message]);
  }
}

function created(inspect: Inspect, inputs: ContainerInputs): Created {
  return { id: inspect.Id, outputs: containerOutputs(inspect, inputs) };
}

async function joinNetworks(engine: Engine, container: Docker.Container, inputs: Inputs): Promise<void> {
  const networks = attachments(inputs);
  if (networks.length === 0) return;
  try {
    await engine.docker.getNetwork("bridge").disconnect({ Container: container.id });
  } catch (cause) {
    if (!messageOf(cause).includes("is not connected to")) {
      throw new Error(`Unable to disconnect the default network: ${messageOf(cause)}`);
    }
  }
  for (const { network, endpoint } of networks) {
    await attempt(`Unable to connect to network '${network}'`, () =>
      engine.docker.getNetwork(network).connect({ Container: container.id, EndpointConfig: endpoint }),
    );
  }
}

async function findLeftOver(
  engine: Engine,
  engineId: string,
  name: string,
  urn: string,
  journal: Journal,
): Promise<Docker.Container | undefined> {
  const note = await journal.find(engineId, name);
  if (note === undefined) return undefined;
  const container = engine.docker.getContainer(name);
  const inspect = await orGone(container.inspect());
  return inspect !== undefined && isLeftOver(note, urn, inspect.Created) ? container : undefined;
}

function adviceFor(cause: unknown, name: string): string {
  return isStatus(cause, 409) && messageOf(cause).includes(name)
    ? ` If it is of no more use: docker rm -f ${name}`
    : "";
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new Error(`${what}: ${messageOf(cause)}`);
  }
}
