import { doing } from "../hashicorp/errors";
import { metaOutput } from "../hashicorp/recorded";
import { defineResource, type Failure, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";
import { goDuration } from "./job/duration";
import { whileInUse } from "./retry";

const { map, object, string } = property;

const inputs = {
  description: string(),
  meta: map(string()),
  name: string({ autoName: true, replaces: true }),
  nodeIdentityTtl: string({ computed: true }),
  schedulerConfig: object({ memoryOversubscription: string(), schedulerAlgorithm: string() }),
};
type NodePoolInputs = ValuesOf<typeof inputs>;

interface ApiNodePool {
  Name: string;
  Description: string;
  Meta?: Record<string, string> | null;
  /** Go's notation, or nanoseconds. */
  NodeIdentityTTL?: string | number;
  SchedulerConfiguration?: {
    SchedulerAlgorithm?: string;
    MemoryOversubscriptionEnabled?: boolean | null;
  } | null;
}

const choices: Record<string, readonly string[]> = {
  memoryOversubscription: ["enabled", "disabled"],
  schedulerAlgorithm: ["binpack", "spread"],
};

/** `nomad:index/nodePool:NodePool` */
export const nodePool = defineResource<NomadClient>()({
  token: "nomad:index/nodePool:NodePool",
  inputs,

  check(news) {
    const scheduler = (news.schedulerConfig ?? {}) as Values;
    const failures = Object.entries(choices).flatMap(([name, allowed]): Failure[] => {
      const value = scheduler[name];
      if (typeof value !== "string" || allowed.includes(value)) return [];
      const property = `schedulerConfig.${name}`;
      return [{ property, reason: `${property} is ${JSON.stringify(value)}; it must be ${allowed.join(" or ")}` }];
    });
    return { inputs: news, failures };
  },

  async create(given, { config, signal }) {
    const name = given.name as string;
    await write(config, name, given, signal);
    return { id: name, outputs: await outputs(config, name, given, signal) };
  },

  async update({ id }, given, { config, signal }) {
    await write(config, id, given, signal);
    return { outputs: await outputs(config, id, given, signal) };
  },

  async read({ id, inputs: given }, { config, signal }) {
    const found = await find(config, id, signal);
    return found && { id, outputs: flatten(found, given) };
  },

  async delete({ id }, { config, signal }) {
    const path = `/v1/node/pool/${encodeURIComponent(id)}`;
    await doing(`failed to delete node pool ${JSON.stringify(id)}`, () =>
      whileInUse(() => config.deleteIfThere(path, { signal }), /has non-terminal jobs|has nodes/, signal),
    );
  },
});

function write(client: NomadClient, name: string, given: NodePoolInputs, signal: AbortSignal): Promise<void> {
  const { schedulerConfig: scheduler } = given;
  const body = {
    Name: name,
    Description: given.description ?? "",
    Meta: given.meta ?? {},
    NodeIdentityTTL: given.nodeIdentityTtl ?? "",
    SchedulerConfiguration: scheduler && {
      SchedulerAlgorithm: scheduler.schedulerAlgorithm ?? "",
      MemoryOversubscriptionEnabled: scheduler.memoryOversubscription
        ? scheduler.memoryOversubscription === "enabled"
        : null,
    },
  };
  return doing(`error upserting node pool ${JSON.stringify(name)}`, () =>
    client.put<void>("/v1/node/pools", body, { signal }),
  );
}

function find(client: NomadClient, name: string, signal: AbortSignal): Promise<ApiNodePool | undefined> {
  return doing(`error reading node pool ${JSON.stringify(name)}`, () =>
    client.find<ApiNodePool>(`/v1/node/pool/${encodeURIComponent(name)}`, { signal }),
  );
}

async function outputs(client: NomadClient, name: string, given: NodePoolInputs, signal: AbortSignal) {
  const found = await find(client, name, signal);
  if (!found) throw new Error(`node pool ${name} is gone again right after it was written; look who deleted it`);
  return flatten(found, given);
}

function flatten(found: ApiNodePool, given: Partial<NodePoolInputs>): Values {
  const scheduler = found.SchedulerConfiguration;
  const oversubscription = scheduler?.MemoryOversubscriptionEnabled;
  const ttl = found.NodeIdentityTTL ?? "";
  return {
    id: found.Name,
    name: found.Name,
    description: found.Description,
    meta: metaOutput(found.Meta, given.meta),
    nodeIdentityTtl: typeof ttl === "number" ? goDuration(ttl) : ttl,
    schedulerConfig: scheduler
      ? {
          memoryOversubscription:
            typeof oversubscription !== "boolean" ? "" : oversubscription ? "enabled" : "disabled",
          schedulerAlgorithm: scheduler.SchedulerAlgorithm ?? "",
        }
      : null,
  };
}
