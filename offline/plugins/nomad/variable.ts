import { doing } from "../hashicorp/errors";
import { defineResource, type Failure, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";

const { integer, map, string } = property;

const inputs = {
  items: map(string(), { secret: true }),
  itemsWo: string({ secret: true }),
  itemsWoVersion: integer(),
  namespace: string({ replaces: true, default: "default" }),
  path: string({ required: true, replaces: true }),
};
type VariableInputs = ValuesOf<typeof inputs>;

interface ApiVariable {
  Path: string;
  Namespace: string;
  Items: Record<string, string>;
}

const longestPath = 128;

/** `nomad:index/variable:Variable` */
export const variable = defineResource<NomadClient>()({
  token: "nomad:index/variable:Variable",
  inputs,

  check: (news) => ({ inputs: news, failures: [...contentFailures(news), ...pathFailures(news.path)] }),

  // What is write-only is never in the state: only its version tells whether it changed.
  diff: (_before, _news, _context, compare) => ({
    changes: compare().changes.filter(({ path }) => path !== "itemsWo"),
  }),

  async create(given, { config, signal }) {
    await write(config, given, itemsOf(given), signal);
    return { id: idOf(given.path, given.namespace), outputs: await outputs(config, given, signal) };
  },

  async update({ state }, given, { config, signal }) {
    const unchanged = !given.items && state.itemsWoVersion === given.itemsWoVersion;
    if (!unchanged) await write(config, given, itemsOf(given), signal);
    return { outputs: await outputs(config, given, signal) };
  },

  async read({ id, inputs: given, state }, { config, signal }) {
    const { path, namespace } = locate(id, state);
    const found = await find(config, path, namespace, signal);
    return found && { id: idOf(path, namespace), outputs: flatten(found, given) };
  },

  async delete({ id, state }, { config, signal }) {
    const { path, namespace } = locate(id, state);
    await doing(`error deleting variable ${id}`, () =>
      config.deleteIfThere(url(path), { query: { namespace }, signal }),
    );
  },
});

function contentFailures(news: Values): Failure[] {
  const plain = news.items !== undefined;
  const writeOnly = news.itemsWo !== undefined;
  const versioned = news.itemsWoVersion !== undefined;
  if (plain && (writeOnly || versioned)) {
    return [{ property: "items", reason: "items excludes itemsWo and itemsWoVersion; give one or the other" }];
  }
  if (!plain && !writeOnly) return [{ property: "items", reason: "items or itemsWo has to be given" }];
  if (writeOnly && !versioned) return [{ property: "itemsWoVersion", reason: "itemsWo needs itemsWoVersion, e.g. 1" }];
  if (typeof news.itemsWoVersion === "number" && news.itemsWoVersion < 1) {
    return [{ property: "itemsWoVersion", reason: `itemsWoVersion is ${news.itemsWoVersion}; it must be at least 1` }];
  }
  return [];
}

/** Nomad's own rules for paths, told before anything is touched. */
function pathFailures(path: unknown): Failure[] {
  if (typeof path !== "string") return [];
  const fail = (problem: string) => [{ property: "path", reason: `path ${JSON.stringify(path)} ${problem}` }];
  if (path.length > longestPath) return fail(`has ${path.length} characters; at most ${longestPath} are allowed`);
  if (!/^[a-zA-Z0-9-_~/]+$/.test(path)) return fail("may hold letters, digits, - _ ~ and / only");
  const [top, second, ...more] = path.split("/");
  if (top !== "nomad" || second === "jobs" || (second === "job-templates" && more.length === 1)) return [];
  return fail("is reserved: below nomad/ only nomad/jobs and nomad/job-templates/<name> can be written");
}

function itemsOf(given: VariableInputs): Readonly<Record<string, string>> {
  if (given.items) return given.items;
  try {
    const items: unknown = JSON.parse(given.itemsWo as string);
    const strings = typeof items === "object" && items !== null && !Array.isArray(items);
    if (strings && Object.values(items).every((item) => typeof item === "string"))
      return items as Record<string, string>;
  } catch {
    // Said below, without the parser's message: it quotes the secret.
  }
  throw new Error('itemsWo is no JSON object of strings; expected e.g. {"user":"nginx"}');
}

function write(
  client: NomadClient,
  { path, namespace }: VariableInputs,
  items: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const body = { Path: path, Namespace: namespace, Items: items };
  return doing(`error creating variable ${idOf(path, namespace)}`, () =>
    client.put<void>(url(path), body, { query: { namespace }, signal }),
  );
}

function find(client: NomadClient, path: string, namespace: string, signal: AbortSignal) {
  return doing(`error getting information about ${idOf(path, namespace)}`, () =>
    client.find<ApiVariable>(url(path), { query: { namespace }, signal }),
  );
}

async function outputs(client: NomadClient, given: VariableInputs, signal: AbortSignal): Promise<Values> {
  const found = await find(client, given.path, given.namespace, signal);
  if (!found) throw new Error(`variable ${given.path} is gone again right after it was written; look who deleted it`);
  return flatten(found, given);
}

function flatten(found: ApiVariable, given: Partial<VariableInputs>): Values {
  return {
    id: idOf(found.Path, found.Namespace),
    path: found.Path,
    namespace: found.Namespace,
    items: given.itemsWoVersion ? undefined : found.Items,
    itemsWo: undefined,
    itemsWoVersion: given.itemsWoVersion,
  };
}

function url(path: string): string {
  return `/v1/var/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function idOf(path: string, namespace: string): string {
  return `${path}@${namespace}`;
}

/** A variable is imported as `<path>@<namespace>`; a state tells both. */
function locate(id: string, state: Values): { path: string; namespace: string } {
  const [path = id, namespace] = id.split("@");
  return {
    path: (state.path as string | undefined) ?? path,
    namespace: (state.namespace as string | undefined) ?? namespace ?? "default",
  };
}
