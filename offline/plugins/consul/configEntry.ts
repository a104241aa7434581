import { doing } from "../hashicorp/errors";
import { defineResource, type Failure, property, type Values, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { goJson, sameEntry } from "./json";

const { string } = property;

const inputs = {
  configJson: string({ required: true, same: sameEntry }),
  kind: string({ required: true, replaces: true }),
  name: string({ autoName: true, replaces: true }),
};
type Given = ValuesOf<typeof inputs>;
type Entry = Readonly<Record<string, unknown>>;

/** Kinds whose fields `sameEntry` knows. */
const kinds = ["proxy-defaults", "service-defaults", "service-intentions"];

/** `consul:index/configEntry:ConfigEntry` */
export const configEntry = defineResource<ConsulClient>()({
  token: "consul:index/configEntry:ConfigEntry",
  inputs,

  check(news) {
    const { configJson, kind, name } = news;
    const failures: Failure[] = [];
    if (typeof kind === "string" && !kinds.includes(kind)) {
      const reason = `the stand-in for the consul plugin does not support config entries of the kind ${JSON.stringify(kind)}`;
      failures.push({ property: "kind", reason: `${reason} (it has ${kinds.join(", ")}); use the official plugin` });
    }
    if (typeof name === "string" && /^\.{0,2}$/.test(name)) {
      failures.push({ property: "name", reason: `name is ${JSON.stringify(name)}; expected the name of a service` });
    }
    if (typeof configJson === "string" && entryOf(configJson) === undefined) {
      const reason = 'configJson is no JSON object; expected e.g. {"Protocol":"http"}';
      failures.push({ property: "configJson", reason });
    }
    return { inputs: news, failures };
  },

  async create(given, { config, signal }) {
    const outputs = await write(config, given, signal);
    return { id: outputs.id, outputs };
  },

  async update(_, given, { config, signal }) {
    return { outputs: await write(config, given, signal) };
  },

  async read({ id, state }, { config, signal }) {
    const { kind, name } = locate(id, state);
    const found = await find(config, kind, name, signal);
    return found && { id: idOf(kind, name), outputs: flatten(kind, name, found) };
  },

  async delete({ id, state }, { config, signal }) {
    const { kind, name } = locate(id, state);
    await doing(`error deleting config entry ${kind}/${name}`, () => config.deleteIfThere(at(kind, name), { signal }));
  },
});

function at(kind: string, name: string): string {
  return `/v1/config/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
}

function idOf(kind: string, name: string): string {
  return `${kind}-${name}`;
}

/** An entry is imported as `<kind>/<name>`; a state tells both. */
function locate(id: string, state: Values): { kind: string; name: string } {
  const [, kind, name] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  const known = { kind: state.kind ?? kind, name: state.name ?? name };
  if (typeof known.kind === "string" && typeof known.name === "string") return { kind: known.kind, name: known.name };
  throw new Error(
    `config entry ${JSON.stringify(id)} cannot be looked up; expected <kind>/<name>, e.g. service-defaults/web`,
  );
}

function entryOf(json: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}

async function write(client: ConsulClient, { kind, name, configJson }: Given, signal: AbortSignal) {
  const [what, key] = [`error writing config entry ${kind}/${name}`, name as string];
  await doing(what, async () => {
    // Consul says false where another write came between; the entry is then as that one left it.
    const accepted = await client.put<boolean>(
      "/v1/config",
      { ...entryOf(configJson), Kind: kind, Name: key },
      { signal },
    );
    if (accepted === false) throw new Error("Consul did not take it; somebody else may be writing it");
  });
  const found = await find(client, kind, key, signal);
  if (!found) throw new Error(`${what}: it is gone again right after it was written; look who deleted it`);
  return flatten(kind, key, found);
}

function find(client: ConsulClient, kind: string, name: string, signal: AbortSignal): Promise<Entry | undefined> {
  return doing(`error reading config entry ${kind}/${name}`, () => client.find<Entry>(at(kind, name), { signal }));
}

/** What Consul holds, less what it keeps for itself. */
function flatten(kind: string, name: string, found: Entry) {
  const { Kind: _, Name: __, CreateIndex: ___, ModifyIndex: ____, Hash: _____, ...own } = found;
  return { id: idOf(kind, name), kind, name, configJson: goJson(own) };
}
