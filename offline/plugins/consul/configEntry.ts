import { doing } from "../hashicorp/errors";
import { defineResource, property, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { covers, sameJson } from "./json";

const { string } = property;

const inputs = {
  configJson: string({ same: sameJson }),
  kind: string({ required: true, replaces: true }),
  name: string({ autoName: true, replaces: true }),
};
type Given = ValuesOf<typeof inputs>;
type Entry = Readonly<Record<string, unknown>>;

/** `consul:index/configEntry:ConfigEntry` */
export const configEntry = defineResource<ConsulClient>()({
  token: "consul:index/configEntry:ConfigEntry",
  inputs,

  async create(given, { config, signal }) {
    await write(config, given, signal);
    return { id: `${given.kind}-${given.name}`, outputs: { ...given } };
  },

  async update(_, given, { config, signal }) {
    await write(config, given, signal);
    return { outputs: { ...given } };
  },

  async read({ id, inputs: given, state }, { config, signal }) {
    const { kind = state.kind, name = state.name } = given;
    const path = at(String(kind), String(name));
    const found = await doing(`error reading config entry ${JSON.stringify(id)}`, () =>
      config.find<Entry>(path, { signal }),
    );
    if (!found) return undefined;
    const asked = given.configJson ?? (state.configJson as string | undefined);
    return { id, outputs: { kind: String(kind), name: String(name), configJson: shown(found, asked) } };
  },

  async delete({ id, state }, { config, signal }) {
    await doing(`error deleting config entry ${JSON.stringify(id)}`, () =>
      config.deleteIfThere(at(String(state.kind), String(state.name)), { signal }),
    );
  },
});

function at(kind: string, name: string): string {
  return `/v1/config/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
}

async function write(client: ConsulClient, { kind, name, configJson }: Given, signal: AbortSignal): Promise<void> {
  const what = `error writing config entry ${kind}/${name}`;
  let entry: Entry;
  try {
    entry = JSON.parse(configJson ?? "{}") as Entry;
  } catch (cause) {
    throw new Error(`${what}: configJson is no JSON: ${(cause as Error).message}`, { cause });
  }
  await doing(what, async () => {
    const accepted = await client.put<boolean>("/v1/config", { ...entry, Kind: kind, Name: name }, { signal });
    if (accepted === false) throw new Error("Consul did not take it; somebody else may be writing it");
  });
}

/** What was asked for where Consul still holds that; else what it holds, less what it adds to everything. */
function shown(found: Entry, asked: string | undefined): string {
  if (asked !== undefined && covers(found, JSON.parse(asked))) {
    return asked;
  }
  const { Kind: _, Name: __, CreateIndex: ___, ModifyIndex: ____, Hash: _____, ...own } = found;
  return JSON.stringify(own);
}
