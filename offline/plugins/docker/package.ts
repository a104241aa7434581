import { definePackage } from "../kit/definition";
import { container } from "./container/resource";
import { connect, type Engine } from "./engine";
import { getNetwork, getRemoteImage } from "./functions";
import { remoteImage } from "./image/resource";
import { network } from "./network";
import { providerConfig } from "./provider";
import { volume } from "./volume";

const opened = new Set<Engine>();

/** Stand-in for the official docker plugin: containers, images that exist or can be pulled, volumes, networks. */
export const docker = definePackage({
  name: "docker",
  version: "5.2.0",
  style: "bridged",
  config: providerConfig,
  async configure(config): Promise<Engine> {
    const engine = await connect(config);
    opened.add(engine);
    return engine;
  },
  resources: [container, remoteImage, volume, network],
  functions: [getRemoteImage, getNetwork],
  close: () => {
    for (const engine of opened) engine.close();
  },
});
