import { metaOutput, stringSet } from "../hashicorp/recorded";
import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";
import { named } from "./named";

const { list, map, object, set, string } = property;

const clusters = { alloweds: set(string()), default: string({ computed: true }), denieds: set(string()) };
const inputs = {
  capabilities: object({
    disabledNetworkModes: list(string()),
    disabledTaskDrivers: list(string()),
    enabledNetworkModes: list(string()),
    enabledTaskDrivers: list(string()),
  }),
  consulConfig: object(clusters, { computed: true }),
  description: string(),
  meta: map(string()),
  name: string({ autoName: true, replaces: true }),
  nodePoolConfig: object(clusters, { computed: true }),
  quota: string(),
  vaultConfig: object(clusters, { computed: true }),
};
type NamespaceInputs = ValuesOf<typeof inputs>;

interface ApiClusters {
  Default?: string;
  Allowed?: string[] | null;
  Denied?: string[] | null;
}

interface ApiNamespace {
  Name: string;
  Description: string;
  Quota: string;
  Meta?: Record<string, string> | null;
  Capabilities?: {
    DisabledNetworkModes?: string[] | null;
    DisabledTaskDrivers?: string[] | null;
    EnabledNetworkModes?: string[] | null;
    EnabledTaskDrivers?: string[] | null;
  } | null;
  ConsulConfiguration?: ApiClusters | null;
  NodePoolConfiguration?: ApiClusters | null;
  VaultConfiguration?: ApiClusters | null;
}

const { write, ...steps } = named<NamespaceInputs, ApiNamespace>({
  what: "namespace",
  path: "/v1/namespace",
  writeTo: "/v1/namespace",
  body,
  flatten,
  inUse: /has non-terminal (jobs|allocations)|still have local references/,
});

/** `nomad:index/namespace:Namespace` */
export const namespace = defineResource<NomadClient>()({
  token: "nomad:index/namespace:Namespace",
  inputs,
  ...steps,

  check(news) {
    const failures = ["consulConfig", "nodePoolConfig", "vaultConfig"].flatMap((name) => {
      const config = news[name] as { alloweds?: unknown; denieds?: unknown } | undefined;
      if (!config?.alloweds || !config.denieds) return [];
      return [{ property: name, reason: `${name} takes alloweds or denieds, not both` }];
    });
    return { inputs: news, failures };
  },

  async delete(before, context) {
    const { id, inputs: given } = before;
    if (id === "default") {
      // It cannot be deleted; what this resource set is taken back.
      await write(id, { description: "Default shared namespace" }, context);
      context.log("info", "reset the namespace default, which always exists");
      return;
    }
    if (given.quota) await write(id, { ...given, quota: "" }, context);
    await steps.delete(before, context);
  },
});

function body(name: string, given: NamespaceInputs): Values {
  const { capabilities } = given;
  return {
    Name: name,
    Description: given.description ?? "",
    Quota: given.quota ?? "",
    Meta: given.meta ?? {},
    Capabilities: capabilities && {
      DisabledNetworkModes: capabilities.disabledNetworkModes ?? [],
      DisabledTaskDrivers: capabilities.disabledTaskDrivers ?? [],
      EnabledNetworkModes: capabilities.enabledNetworkModes ?? [],
      EnabledTaskDrivers: capabilities.enabledTaskDrivers ?? [],
    },
    ConsulConfiguration: clustersBody(given.consulConfig),
    NodePoolConfiguration: clustersBody(given.nodePoolConfig),
    VaultConfiguration: clustersBody(given.vaultConfig),
  };
}

function clustersBody(given: NamespaceInputs["consulConfig"]): Values | undefined {
  if (!given) return undefined;
  return {
    Default: given.default ?? "",
    Allowed: given.alloweds?.length ? [...given.alloweds] : null,
    Denied: given.denieds?.length ? [...given.denieds] : null,
  };
}

function flatten(found: ApiNamespace, given: NamespaceInputs): Values {
  const capabilities = found.Capabilities;
  return {
    id: found.Name,
    name: found.Name,
    description: found.Description,
    quota: found.Quota,
    meta: metaOutput(found.Meta, given.meta),
    capabilities: capabilities
      ? {
          disabledNetworkModes: capabilities.DisabledNetworkModes ?? [],
          disabledTaskDrivers: capabilities.DisabledTaskDrivers ?? [],
          enabledNetworkModes: capabilities.EnabledNetworkModes ?? [],
          enabledTaskDrivers: capabilities.EnabledTaskDrivers ?? [],
        }
      : null,
    consulConfig: flattenClusters(found.ConsulConfiguration),
    nodePoolConfig: flattenClusters(found.NodePoolConfiguration),
    vaultConfig: flattenClusters(found.VaultConfiguration),
  };
}

function flattenClusters(found: ApiClusters | null | undefined): Values | null {
  if (!found) return null;
  return {
    alloweds: stringSet(found.Allowed),
    default: found.Default ?? "",
    denieds: stringSet(found.Denied),
  };
}
