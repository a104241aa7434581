import { doing } from "../hashicorp/errors";
import { metaOutput, stringSet } from "../hashicorp/recorded";
import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";
import { whileInUse } from "./retry";

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

/** `nomad:index/namespace:Namespace` */
export const namespace = defineResource<NomadClient>()({
  token: "nomad:index/namespace:Namespace",
  inputs,

  check(news) {
    const failures = ["consulConfig", "nodePoolConfig", "vaultConfig"].flatMap((name) => {
      const config = news[name] as { alloweds?: unknown; denieds?: unknown } | undefined;
      if (!config?.alloweds || !config.denieds) return [];
      return [{ property: name, reason: `${name} takes alloweds or denieds, not both` }];
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

  async delete({ id, inputs: given }, { config, signal, log }) {
    await doing(`error deleting namespace ${JSON.stringify(id)}`, async () => {
      if (id === "default") {
        // It cannot be deleted; what this resource set is taken back.
        await write(config, id, { description: "Default shared namespace" }, signal);
        log("info", "reset the namespace default, which always exists");
        return;
      }
      if (given.quota) await write(config, id, { ...given, quota: "" }, signal);
      const path = `/v1/namespace/${encodeURIComponent(id)}`;
      await whileInUse(
        () => config.deleteIfThere(path, { signal }),
        /has non-terminal (jobs|allocations)|still have local references/,
        signal,
      );
    });
  },
});

function write(client: NomadClient, name: string, given: Partial<NamespaceInputs>, signal: AbortSignal): Promise<void> {
  const { capabilities } = given;
  const body = {
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
  return doing(`error inserting namespace ${JSON.stringify(name)}`, () =>
    client.put<void>("/v1/namespace", body, { signal }),
  );
}

function clustersBody(given: NamespaceInputs["consulConfig"]): ApiClusters | undefined {
  if (!given) return undefined;
  return {
    Default: given.default ?? "",
    Allowed: given.alloweds?.length ? [...given.alloweds] : null,
    Denied: given.denieds?.length ? [...given.denieds] : null,
  };
}

function find(client: NomadClient, name: string, signal: AbortSignal): Promise<ApiNamespace | undefined> {
  return doing(`error reading namespace ${JSON.stringify(name)}`, () =>
    client.find<ApiNamespace>(`/v1/namespace/${encodeURIComponent(name)}`, { signal }),
  );
}

async function outputs(client: NomadClient, name: string, given: Partial<NamespaceInputs>, signal: AbortSignal) {
  const found = await find(client, name, signal);
  if (!found) throw new Error(`namespace ${name} is gone again right after it was written; look who deleted it`);
  return flatten(found, given);
}

function flatten(found: ApiNamespace, given: Partial<NamespaceInputs>): Values {
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
