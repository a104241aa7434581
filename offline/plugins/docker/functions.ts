import { defineFunction, property } from "../kit/definition";
import { type Engine, orGone } from "./engine";
import { localImage, repoDigest } from "./image/find";
import { inspectNetwork, ipamAnswers } from "./network";

const name = property.string({ required: true });

/** `docker:index/getRemoteImage:getRemoteImage`: an image that the engine has already. */
export const getRemoteImage = defineFunction<Engine>()({
  token: "docker:index/getRemoteImage:getRemoteImage",
  inputs: { name },
  async invoke(inputs, { config }) {
    const image = await localImage(config, inputs.name);
    if (image === undefined) throw new Error(`did not find docker image ${inputs.name} on ${config.host}`);
    return { id: image.Id, name: inputs.name, repoDigest: repoDigest(inputs.name, image.RepoDigests) };
  },
});

/** `docker:index/getNetwork:getNetwork`: a network that exists already. */
export const getNetwork = defineFunction<Engine>()({
  token: "docker:index/getNetwork:getNetwork",
  inputs: { name },
  async invoke(inputs, { config }) {
    const found = await orGone(inspectNetwork(config, inputs.name));
    if (found === undefined) throw new Error(`could not find docker network ${inputs.name} on ${config.host}`);
    return {
      id: found.Id,
      name: inputs.name,
      driver: found.Driver,
      internal: found.Internal,
      ipamConfigs: ipamAnswers(found).map((config) => ({
        auxAddress: config.AuxiliaryAddresses ?? {},
        gateway: config.Gateway ?? "",
        ipRange: config.IPRange ?? "",
        subnet: config.Subnet ?? "",
      })),
      options: (found.Options ?? {}) as Record<string, string>,
      scope: found.Scope,
    };
  },
});
