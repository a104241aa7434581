import {
  defineResource,
  type Failure,
  InitializationError,
  property,
  type Values,
  type ValuesOf,
} from "../kit/definition";
import type { ConsulClient } from "./client";
import { KeyStore, type KeyValue } from "./kv";

const { integer, map, object, set, string } = property;

const inputs = {
  datacenter: string({ computed: true, replaces: true }),
  pathPrefix: string({ required: true, replaces: true }),
  subkeyCollection: set(
    object({ flags: integer({ default: 0 }), path: string({ required: true }), value: string({ required: true }) }),
  ),
  subkeys: map(string()),
};
type Given = ValuesOf<typeof inputs>;

/** `consul:index/keyPrefix:KeyPrefix`: owns everything below its prefix. */
export const keyPrefix = defineResource<ConsulClient>()({
  token: "consul:index/keyPrefix:KeyPrefix",
  inputs,
  refused: {
    token: "the stand-in for the consul plugin does not support `token` here; give the token to the provider",
  },

  check(news) {
    const failures: Failure[] = [];
    if (news.pathPrefix === "") failures.push({ property: "pathPrefix", reason: "pathPrefix must not be empty" });
    return { inputs: news, failures };
  },

  async create(given, { config, signal }) {
    const { pathPrefix } = given;
    const datacenter = given.datacenter ?? (await config.datacenter(signal));
    const store = new KeyStore(config, datacenter, signal);
    const there = await store.list(pathPrefix);
    if (there.length > 0) {
      throw new Error(
        `there are ${there.length} keys below ${pathPrefix} already, and this resource would own and delete them: ` +
          "delete them first, or import the prefix",
      );
    }
    try {
      for (const key of keysOf(given)) await store.put(key);
    } catch (error) {
      // What was written is remembered: the next run writes the rest.
      const outputs = await look(store, given, datacenter);
      throw new InitializationError({ id: pathPrefix, outputs }, [(error as Error).message]);
    }
    return { id: pathPrefix, outputs: await look(store, given, datacenter) };
  },

  async update({ state }, given, { config, signal }) {
    const datacenter = String(state.datacenter ?? "");
    const store = new KeyStore(config, datacenter, signal);
    const wanted = keysOf(given);
    for (const key of wanted) await store.put(key);
    const kept = new Set(wanted.map(({ path }) => path));
    for (const { path } of await store.list(given.pathPrefix)) if (!kept.has(path)) await store.delete(path);
    return { outputs: await look(store, given, datacenter) };
  },

  async read({ id, inputs: given, state }, { config, signal }) {
    const datacenter = (state.datacenter as string | undefined) ?? (await config.datacenter(signal));
    const all = { ...given, pathPrefix: id };
    return { id, outputs: await look(new KeyStore(config, datacenter, signal), all, datacenter) };
  },

  async delete({ id, state }, { config, signal }) {
    await new KeyStore(config, String(state.datacenter ?? ""), signal).delete(id, true);
  },
});

function keysOf({ pathPrefix, subkeys = {}, subkeyCollection = [] }: Given): KeyValue[] {
  return [
    ...Object.entries(subkeys).map(([path, value]) => ({ path: pathPrefix + path, value, flags: 0 })),
    ...subkeyCollection.map(({ path, value, flags }) => ({ path: pathPrefix + path, value, flags })),
  ];
}

/** What is below the prefix: what has flags, or was given with them, among `subkeyCollection`, the rest in `subkeys`. */
async function look(store: KeyStore, given: Given, datacenter: string): Promise<Values> {
  const listed = new Set((given.subkeyCollection ?? []).map(({ path }) => path));
  const found = (await store.list(given.pathPrefix)).map((key) => ({
    ...key,
    path: key.path.slice(given.pathPrefix.length),
  }));
  const isListed = ({ path, flags }: KeyValue) => listed.has(path) || flags !== 0;
  return {
    id: given.pathPrefix,
    datacenter,
    pathPrefix: given.pathPrefix,
    subkeyCollection: found.filter(isListed).map(({ path, value, flags }) => ({ path, value, flags })),
    subkeys: Object.fromEntries(found.filter((key) => !isListed(key)).map(({ path, value }) => [path, value])),
  };
}
