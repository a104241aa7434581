import { isDeepStrictEqual } from "node:util";
import { defineResource, InitializationError, property, type Values, type ValuesOf } from "../kit/definition";
import { isList, isMap } from "../kit/values";
import type { ConsulClient } from "./client";
import { pathFailures, pathProblem } from "./keyPath";
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
    const { pathPrefix } = news;
    const problem = typeof pathPrefix === "string" ? pathProblem(pathPrefix) : undefined;
    if (problem) {
      const reason = `pathPrefix is ${JSON.stringify(pathPrefix)}, which ${problem}; expected e.g. app/`;
      return { inputs: news, failures: [{ property: "pathPrefix", reason }] };
    }
    return { inputs: news, failures: pathFailures(givenPaths(news)) };
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
      const outputs = await look(store, given, datacenter).catch(() => {
        throw error;
      });
      throw new InitializationError({ id: pathPrefix, outputs }, [(error as Error).message]);
    }
    return { id: pathPrefix, outputs: await look(store, given, datacenter) };
  },

  async update({ state }, given, { config, signal }) {
    const datacenter = String(state.datacenter ?? "");
    const store = new KeyStore(config, datacenter, signal);
    const wanted = keysOf(given);
    const found = new Map((await store.list(given.pathPrefix)).map((key) => [key.path, key]));
    for (const key of wanted) if (!isDeepStrictEqual(found.get(key.path), key)) await store.put(key);
    const kept = new Set(wanted.map(({ path }) => path));
    for (const path of found.keys()) if (!kept.has(path)) await store.delete(path);
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

/** Whole paths of keys, by where the program gives them; none while the prefix is not known. */
function givenPaths({ pathPrefix, subkeys, subkeyCollection }: Values) {
  const listed = isList(subkeyCollection) ? subkeyCollection.map((key) => (isMap(key) ? key.path : undefined)) : [];
  const given = [
    ...Object.keys(isMap(subkeys) ? subkeys : {}).map((path) => ({
      property: `subkeys[${JSON.stringify(path)}]`,
      path,
    })),
    ...listed.map((path, i) => ({ property: `subkeyCollection[${i}].path`, path })),
  ];
  return given.map(({ property, path }) => {
    const whole = typeof pathPrefix === "string" && typeof path === "string" ? pathPrefix + path : undefined;
    return { property, path: whole };
  });
}

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
