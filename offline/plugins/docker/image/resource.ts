import type { ImageInspectInfo } from "dockerode";
import { defineResource, property, type ValuesOf } from "../../kit/definition";
import { type Engine, isStatus, messageOf } from "../engine";
import { findImage, localImage, repoDigest } from "./find";

const { boolean, map, set, string } = property;

const properties = {
  forceRemove: boolean(),
  keepLocally: boolean(),
  name: string({ required: true, replaces: true }),
  platform: string({ replaces: true }),
  pullTriggers: set(string(), { replaces: true }),
  triggers: map(string(), { replaces: true }),
};
type ImageInputs = ValuesOf<typeof properties>;

/** `docker:index/remoteImage:RemoteImage`: an image that the engine has, pulled where it has it not. */
export const remoteImage = defineResource<Engine>()({
  token: "docker:index/remoteImage:RemoteImage",
  inputs: properties,
  outputs: { imageId: string(), repoDigest: string() },
  refused: { build: "this stand-in builds no images; build it beforehand, and give its name" },
  timeouts: { create: 1200, update: 1200, delete: 1200 },

  async create(inputs, context) {
    try {
      return state(inputs, await findImage(context.config, inputs.name, context, inputs.platform));
    } catch (cause) {
      throw new Error(`Unable to read Docker image into resource: ${messageOf(cause)}`);
    }
  },

  async read(before, context) {
    const name = before.inputs.name ?? (before.state.name as string | undefined) ?? nameIn(before.id);
    const image = name && (await localImage(context.config, name));
    if (!image) return undefined;
    return { ...state({ ...before.inputs, name }, image), inputs: { ...before.inputs, name } };
  },

  async update(_before, inputs, context) {
    return state(inputs, await findImage(context.config, inputs.name, context, inputs.platform));
  },

  async delete({ inputs }, context) {
    if (inputs.keepLocally) return;
    try {
      await context.config.docker.getImage(inputs.name).remove({ force: inputs.forceRemove ?? false });
    } catch (cause) {
      if (!isStatus(cause, 404)) throw new Error(`Unable to remove Docker image: ${messageOf(cause)}`);
    }
  },
});

function state(inputs: ImageInputs, image: ImageInspectInfo) {
  const id = `${image.Id}${inputs.name}`;
  return {
    id,
    outputs: { id, build: null, imageId: image.Id, repoDigest: repoDigest(inputs.name, image.RepoDigests) },
  };
}

/** The name in an identifier of the form `sha256:<64 hexadecimal digits><name>`. */
function nameIn(id: string): string {
  return id.replace(/^sha256:[0-9a-f]{64}/, "");
}
