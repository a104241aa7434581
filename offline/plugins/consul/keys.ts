import { doing } from "../hashicorp/errors";
import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";

const { boolean, integer, list, object, string } = property;

const inputs = {
  datacenter: string({ computed: true, replaces: true }),
  keys: list(
    object({
      default: string(),
      delete: boolean(),
      flags: integer(),
      name: string(),
      path: string({ required: true }),
      value: string(),
    }),
  ),
};
type Key = NonNullable<ValuesOf<typeof inputs>["keys"]>[number];

/** `consul:index/keys:Keys` */
export const keys = defineResource<ConsulClient>()({
  token: "consul:index/keys:Keys",
  schemaVersion: 1,
  inputs,
  outputs: { var: property.map(string()) },
  refused: { token: "give the token to the provider", namespace: "namespaces are Consul Enterprise's" },

  async create({ keys: given = [] }, { config, signal }) {
    for (const key of given) await write(config, key, signal);
    return { id: "consul", outputs: { var: {}, keys: given as never } };
  },

  async update({ inputs: before }, { keys: given = [] }, { config, signal }) {
    const kept = new Set(given.map(({ path }) => path));
    for (const key of before.keys ?? []) {
      if (!kept.has(key.path)) await remove(config, key, signal);
    }
    for (const key of given) await write(config, key, signal);
    return { outputs: { var: {}, keys: given as never } };
  },

  async read({ id, inputs: before, state }, { config, signal }) {
    const given = before.keys ?? [];
    const found: Values[] = [];
    for (const key of given) {
      const value = await find(config, key.path, signal);
      // A key that is gone is shown as empty: the next run writes it again.
      found.push({ ...key, value: value ?? "" });
    }
    return { id, outputs: { ...state, keys: found as never } };
  },

  async delete({ inputs: before }, { config, signal }) {
    for (const key of before.keys ?? []) await remove(config, key, signal);
  },
});

function at(path: string): string {
  return `/v1/kv/${path.split("/").map(encodeURIComponent).join("/")}`;
}

async function write(client: ConsulClient, { path, value, flags }: Key, signal: AbortSignal): Promise<void> {
  // A key without a value is only read.
  if (value === undefined) return;
  await doing(`error writing the key ${JSON.stringify(path)}`, () =>
    client.request("PUT", at(path), { text: value, query: { flags: flags || undefined }, signal }),
  );
}

async function remove(client: ConsulClient, key: Key, signal: AbortSignal): Promise<void> {
  // Unless it says so, a key outlives its resource.
  if (!key.delete) return;
  await doing(`error deleting the key ${JSON.stringify(key.path)}`, () =>
    client.deleteIfThere(at(key.path), { signal }),
  );
}

async function find(client: ConsulClient, path: string, signal: AbortSignal): Promise<string | undefined> {
  const found = await doing(`error reading the key ${JSON.stringify(path)}`, () =>
    client.find<{ Value: string | null }[]>(at(path), { signal }),
  );
  return found && Buffer.from(found[0]?.Value ?? "", "base64").toString("utf8");
}
