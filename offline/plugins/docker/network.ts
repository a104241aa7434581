import { setTimeout as sleep } from "node:timers/promises";
import type { NetworkInspectInfo } from "dockerode";
import { defineResource, property, type ValuesOf } from "../kit/definition";
import { type Engine, isStatus, messageOf, orGone } from "./engine";
import { labelMap, labelSet, labels } from "./labels";

const { boolean, map, object, set, string } = property;

const text = string({ replaces: true });
const properties = {
  attachable: boolean({ replaces: true }),
  driver: string({ replaces: true, computed: true }),
  ingress: boolean({ replaces: true }),
  internal: boolean({ replaces: true, computed: true }),
  ipamConfigs: set(
    object({ auxAddress: map(string(), { replaces: true }), gateway: text, ipRange: text, subnet: text }),
    { replaces: true, computed: true },
  ),
  ipamDriver: string({ replaces: true, default: "default" }),
  ipamOptions: map(string(), { replaces: true, computed: true }),
  ipv6: boolean({ replaces: true }),
  labels,
  name: string({ replaces: true, autoName: true }),
  options: map(string(), { replaces: true, computed: true }),
};
type NetworkInputs = ValuesOf<typeof properties>;

/** A container that is being removed still has its end in the network for a moment. */
const IN_USE_MS = 30_000;

/** `docker:index/network:Network` */
export const network = defineResource<Engine>()({
  token: "docker:index/network:Network",
  inputs: properties,
  outputs: { scope: string() },
  schemaVersion: 1,

  async create(inputs, { config }) {
    try {
      const { id } = await config.docker.createNetwork({
        Name: inputs.name as string,
        // Two networks of one name could not be told apart afterwards.
        CheckDuplicate: true,
        Driver: inputs.driver ?? "bridge",
        Internal: inputs.internal ?? false,
        Attachable: inputs.attachable ?? false,
        Ingress: inputs.ingress ?? false,
        EnableIPv6: inputs.ipv6 ?? false,
        Options: { ...inputs.options },
        Labels: labelMap(inputs.labels),
        IPAM: {
          Driver: inputs.ipamDriver,
          Options: { ...inputs.ipamOptions },
          Config: (inputs.ipamConfigs ?? []).map(ipamRequest),
        },
      });
      return state(inputs, await inspectNetwork(config, id));
    } catch (cause) {
      throw new Error(`Unable to create network: ${messageOf(cause)}`);
    }
  },

  async read(before, { config }) {
    const found = await orGone(inspectNetwork(config, before.id));
    if (found === undefined) return undefined;
    const result = state(before.inputs, found);
    if (before.inputs.name !== undefined) return { ...result, inputs: before.inputs };
    const { id: _id, scope: _scope, ...inputs } = result.outputs;
    return { ...result, inputs };
  },

  async delete({ id }, { config, signal }) {
    const deadline = Date.now() + IN_USE_MS;
    for (;;) {
      try {
        await config.docker.getNetwork(id).remove();
        return;
      } catch (cause) {
        if (isStatus(cause, 404)) return;
        const message = messageOf(cause);
        const inUse = message.includes("has active endpoints") && Date.now() < deadline && !signal.aborted;
        if (!inUse) throw new Error(`Unable to remove network ${id}: ${message}`);
      }
      await sleep(250);
    }
  },
});

/** Throws the Engine API's 404 where there is none of this id or name. */
export function inspectNetwork(engine: Engine, id: string): Promise<NetworkInspectInfo> {
  return engine.docker.getNetwork(id).inspect() as Promise<NetworkInspectInfo>;
}

type IpamInput = NonNullable<NetworkInputs["ipamConfigs"]>[number];

/** One entry of the Engine API's IPAM configuration; what is not given stays out. */
export function ipamRequest(config: IpamInput): Record<string, string> {
  const { auxAddress, gateway, ipRange, subnet } = config;
  return {
    ...(subnet && { Subnet: subnet }),
    ...(ipRange && { IPRange: ipRange }),
    ...(gateway && { Gateway: gateway }),
    ...(auxAddress && { AuxiliaryAddresses: { ...auxAddress } as unknown as string }),
  };
}

export interface IpamAnswer {
  readonly Subnet?: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
  readonly AuxiliaryAddresses?: Record<string, string>;
}

/** The address ranges of a network, as the engine tells them. */
export function ipamAnswers(found: NetworkInspectInfo): IpamAnswer[] {
  return (found.IPAM?.Config ?? []) as unknown as IpamAnswer[];
}

function state(inputs: Partial<NetworkInputs>, found: NetworkInspectInfo) {
  return {
    id: found.Id,
    outputs: {
      id: found.Id,
      attachable: found.Attachable,
      driver: found.Driver,
      ingress: found.Ingress,
      internal: found.Internal,
      ipamConfigs: ipamConfigs(inputs, ipamAnswers(found)),
      ipamDriver: found.IPAM?.Driver ?? "default",
      ipamOptions: inputs.ipamOptions ?? {},
      ipv6: found.EnableIPv6,
      labels: labelSet(found.Labels),
      name: found.Name,
      options: (found.Options ?? {}) as Record<string, string>,
      scope: found.Scope,
    },
  };
}

/** The engine adds a gateway to a subnet that was given none: recorded, that would replace the network in every run. */
function ipamConfigs(inputs: Partial<NetworkInputs>, answer: readonly IpamAnswer[]) {
  return answer.map((config) => {
    const input = inputs.ipamConfigs?.find(({ subnet }) => subnet === config.Subnet);
    return {
      auxAddress: config.AuxiliaryAddresses ?? {},
      gateway: input !== undefined && !input.gateway ? "" : (config.Gateway ?? ""),
      ipRange: config.IPRange ?? "",
      subnet: config.Subnet ?? "",
    };
  });
}
