import { setTimeout as sleep } from "node:timers/promises";
import type { VolumeInspectInfo } from "dockerode";
import { defineResource, property, type ValuesOf } from "../kit/definition";
import { type Engine, isStatus, messageOf, orGone } from "./engine";
import { labelMap, labelSet, labels } from "./labels";

const { map, string } = property;

const properties = {
  driver: string({ replaces: true, computed: true }),
  driverOpts: map(string(), { replaces: true }),
  labels,
  name: string({ replaces: true, autoName: true }),
};
type VolumeInputs = ValuesOf<typeof properties>;

/** A container that is being removed still holds its volumes for a moment. */
const IN_USE_MS = 30_000;

/** `docker:index/volume:Volume` */
export const volume = defineResource<Engine>()({
  token: "docker:index/volume:Volume",
  inputs: properties,
  outputs: { mountpoint: string() },
  refused: { cluster: "this stand-in has no cluster volumes" },
  schemaVersion: 1,

  async create(inputs, { config }) {
    try {
      await config.docker.createVolume({
        Name: inputs.name as string,
        Driver: inputs.driver ?? "local",
        DriverOpts: { ...inputs.driverOpts },
        Labels: labelMap(inputs.labels),
      });
      return state(inputs, await config.docker.getVolume(inputs.name as string).inspect());
    } catch (cause) {
      throw new Error(`Unable to create volume: ${messageOf(cause)}`);
    }
  },

  async read(before, { config }) {
    const found = await orGone(config.docker.getVolume(before.id).inspect());
    if (found === undefined) return undefined;
    const inputs: Partial<VolumeInputs> = before.inputs.name === undefined ? given(found) : before.inputs;
    return { ...state(inputs, found), inputs };
  },

  async delete({ id }, { config, signal }) {
    const deadline = Date.now() + IN_USE_MS;
    for (;;) {
      try {
        await config.docker.getVolume(id).remove({ force: true });
        return;
      } catch (cause) {
        if (isStatus(cause, 404)) return;
        const inUse = isStatus(cause, 409) && Date.now() < deadline && !signal.aborted;
        if (!inUse) throw new Error(`Unable to remove volume ${id}: ${messageOf(cause)}`);
      }
      await sleep(250);
    }
  },
});

function state(inputs: Partial<VolumeInputs>, found: VolumeInspectInfo) {
  const options = found.Options ?? {};
  return {
    id: found.Name,
    outputs: {
      id: found.Name,
      cluster: null,
      driver: found.Driver,
      driverOpts: Object.keys(options).length > 0 ? options : inputs.driverOpts,
      labels: labelSet(found.Labels),
      mountpoint: found.Mountpoint,
      name: found.Name,
    },
  };
}

/** What a program would have had to say, for an import. */
function given(found: VolumeInspectInfo): Partial<VolumeInputs> {
  const labels = labelSet(found.Labels);
  return {
    name: found.Name,
    driver: found.Driver,
    ...(found.Options && { driverOpts: found.Options }),
    ...(labels.length && { labels }),
  };
}
