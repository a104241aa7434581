import {
  defineResource,
  type Failure,
  InitializationError,
  property,
  UNKNOWN,
  type Values,
  type ValuesOf,
} from "../kit/definition";
import { isList, isMap } from "../kit/values";
import type { ConsulClient } from "./client";
import { pathFailures } from "./keyPath";
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
  // Nothing tells which keys are its own.
  imports: false,
  inputs,
  outputs: { var: map(string()) },
  refused: {
    token: "the stand-in for the consul plugin does not support `token` here; give the token to the provider",
  },

  check(news) {
    const given = isList(news.keys) ? news.keys.map((key) => (isMap(key) ? key : {})) : [];
    const paths = given.map(({ path }, i) => ({ property: `keys[${i}].path`, path }));
    const strangers = given.flatMap((key, i): Failure[] => {
      if (!key.delete || !isOnlyRead(key)) return [];
      const reason = "delete would take away what somebody else wrote; take it out, or give a value";
      return [
        { property: `keys[${i}].delete`, reason: `keys[${i}] is only read (it has a name and no value): ${reason}` },
      ];
    });
    return { inputs: news, failures: [...pathFailures(paths), ...strangers] };
  },

  // What was read may be something else after an update.
  plan(before, { datacenter }) {
    const known = before ? { id: before.id, datacenter: before.state.datacenter } : { datacenter: UNKNOWN };
    return { outputs: { ...known, ...(datacenter ? { datacenter } : {}), var: UNKNOWN } };
  },

  async create({ keys: given = [], datacenter = "" }, { config, signal }) {
    const store = new KeyStore(config, datacenter, signal);
    const outcome = async () => {
      const where = datacenter || (await config.datacenter(signal));
      return { id: "consul", outputs: await look(store, given, where) };
    };
    let written = 0;
    try {
      for (const key of given) written += Number(await write(store, key));
    } catch (error) {
      if (written === 0) throw error;
      // What was written is remembered: the next run writes the rest, and a destruction finds it.
      const partial = await outcome().catch(() => {
        throw error;
      });
      throw new InitializationError(partial, [(error as Error).message]);
    }
    return outcome();
  },

  async update({ inputs: before, state }, { keys: given = [], datacenter }, { config, signal }) {
    const store = new KeyStore(config, datacenter ?? "", signal);
    const asItIs = new Map(stateKeys(state).map((key) => [key.path, key]));
    // What is new comes before what goes: a renamed key is never missing under both names.
    for (const key of given) if (!isWritten(key, asItIs.get(key.path))) await write(store, key);
    const kept = new Set(given.map(({ path }) => path));
    for (const key of before.keys ?? []) if (!kept.has(key.path)) await remove(store, key);
    return { outputs: await look(store, given, datacenter ?? (await config.datacenter(signal))) };
  },

  async read({ id, inputs: { keys: given = [] }, state }, { config, signal }) {
    if (state.datacenter === undefined) {
      throw new Error(
        "consul.Keys cannot be imported: nothing tells which keys are its own; let the program write them",
      );
    }
    const datacenter = String(state.datacenter ?? "");
    return { id, outputs: await look(new KeyStore(config, datacenter, signal), given, datacenter) };
  },

  async delete({ inputs: before, state }, { config, signal }) {
    const store = new KeyStore(config, String(state.datacenter ?? ""), signal);
    for (const key of before.keys ?? []) await remove(store, key);
  },
});

/** A key with a name and without a value is there to be read. */
function isOnlyRead({ name, value }: { readonly name?: unknown; readonly value?: unknown }): boolean {
  return Boolean(name) && !value;
}

function stateKeys(state: Values): readonly Key[] {
  return (state.keys ?? []) as unknown as readonly Key[];
}

/** Whether Consul has a key as it is wanted, as far as the state tells. */
function isWritten(wanted: Key, found: Key | undefined): boolean {
  return found !== undefined && found.value === (wanted.value ?? "") && found.flags === wanted.flags;
}

/** Says whether there was something to write. */
async function write(store: KeyStore, key: Key): Promise<boolean> {
  if (isOnlyRead(key)) return false;
  await store.put({ path: key.path, value: key.value ?? "", flags: key.flags });
  return true;
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
      value: isOnlyRead(key) ? "" : value,
    });
  }
  return { id: "consul", datacenter, keys: shown, var: vars };
}
