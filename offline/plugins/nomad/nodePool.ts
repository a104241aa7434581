import { metaOutput } from "../hashicorp/recorded";
import { defineResource, type Failure, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";
import { goDuration } from "./job/duration";
import { named } from "./named";

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

  ...named<NodePoolInputs, ApiNodePool>({
    what: "node pool",
    path: "/v1/node/pool",
    writeTo: "/v1/node/pools",
    body,
    flatten,
    inUse: /has non-terminal jobs|has nodes/,
  }),
});

function body(name: string, { schedulerConfig: scheduler, ...given }: NodePoolInputs): Values {
  return {
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
}

function flatten(found: ApiNodePool, given: NodePoolInputs): Values {
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
