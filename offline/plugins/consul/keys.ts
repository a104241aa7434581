import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { KeyStore } from "./kv";

const { boolean, integer, map, object, set, string } = property;

const inputs = {
  datacenter: string({ computed: true, replaces: true }),
  keys: set(
    object({
      default: string(),
      delete: boolean({ default: false }),
      flags: integer({ default: 0 }),
      name: string(),
      path: string({ required: true }),
      value: string({ computed: true }),
    }),
  ),
};
type Key = NonNullable<ValuesOf<typeof inputs>["keys"]>[number];

/** `consul:index/keys:Keys` */
export const keys = defineResource<ConsulClient>()({
  token: "consul:index/keys:Keys",
  schemaVersion: 1,
  inputs,
  outputs: { var: map(string()) },
  refused: {
    token: "the stand-in for the consul plugin does not support `token` here; give the token to the provider",
  },

  async create({ keys: given = [], datacenter }, { config, signal }) {
    const store = new KeyStore(config, datacenter ?? "", signal);
    for (const key of given) await write(store, key);
    return { id: "consul", outputs: await look(store, given, datacenter ?? (await config.datacenter(signal))) };
  },

  async update({ inputs: before }, { keys: given = [], datacenter }, { config, signal }) {
    const store = new KeyStore(config, datacenter ?? "", signal);
    // What is new comes before what goes: a renamed key is never missing under both names.
    for (const key of given) await write(store, key);
    const kept = new Set(given.map(({ path }) => path));
    for (const key of before.keys ?? []) if (!kept.has(key.path)) await remove(store, key);
    return { outputs: await look(store, given, datacenter ?? (await config.datacenter(signal))) };
  },

  async read({ id, inputs: { keys: given = [] }, state }, { config, signal }) {
    const datacenter = (state.datacenter as string | undefined) ?? (await config.datacenter(signal));
    return { id, outputs: await look(new KeyStore(config, datacenter, signal), given, datacenter) };
  },

  async delete({ inputs: before, state }, { config, signal }) {
    const store = new KeyStore(config, (state.datacenter as string | undefined) ?? "", signal);
    for (const key of before.keys ?? []) await remove(store, key);
  },
});

/** A key without a value is only read. */
async function write(store: KeyStore, { path, value, flags }: Key): Promise<void> {
  if (value) await store.put({ path, value, flags });
}

/** Unless it says so, a key outlives its resource. */
async function remove(store: KeyStore, key: Key): Promise<void> {
  if (key.delete) await store.delete(key.path);
}

/** What is there now: a key that is gone shows as empty, and the next run writes it again. */
async function look(store: KeyStore, given: readonly Key[], datacenter: string): Promise<Values> {
  const shown: { [property: string]: string | number | boolean }[] = [];
  const vars: { [name: string]: string } = {};
  for (const key of given) {
    const found = await store.get(key.path);
    const value = found?.value || (key.default ?? "");
    if (key.name) vars[key.name] = value;
    shown.push({
      default: key.default ?? "",
      delete: key.delete ?? false,
      flags: found?.flags ?? 0,
      name: key.name ?? "",
      path: key.path,
      value: key.value ? value : "",
    });
  }
  return { id: "consul", datacenter, keys: shown, var: vars };
}
