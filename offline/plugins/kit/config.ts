import { checkProperties, defaultsKey } from "./check";
import type { Change, Failure, PackageDefinition } from "./definition";
import { diffInferred } from "./diffInferred";
import { markSecrets } from "./markSecrets";
import { mapValues, revealAll } from "./secrets";
import type { Properties, ValuesOf } from "./shape";
import { isMap, type Value, type Values } from "./values";

/** What the engine puts beside a provider's own settings. */
const engineKeys = new Set(["version", "pluginDownloadURL", "pluginChecksums", "__internal"]);

/** SDKs hand everything but strings to a provider as JSON text; `pulumi config set` does so as well. */
function parseJson(values: Values, properties: Properties): Values {
  return mapValues(values, (value, name) => {
    const kind = Object.hasOwn(properties, name) ? properties[name]?.kind : undefined;
    if (kind === undefined || kind === "string" || kind === "any" || typeof value !== "string") return value;
    try {
      return JSON.parse(value) as Value;
    } catch {
      return value;
    }
  });
}

// biome-ignore lint/suspicious/noExplicitAny: any package
type AnyPackage = PackageDefinition<any, any>;

function check(news: Values, definition: Pick<AnyPackage, "name" | "config">) {
  const own = mapValues(news, (value, name) => (engineKeys.has(name) ? undefined : value));
  return checkProperties(parseJson(revealAll(own), definition.config), definition.config, {
    style: "inferred",
    package: definition.name,
    name: "provider",
  });
}

/** Refuses settings that the stand-in does not know. The inputs stay as they came: defaults are filled in when used. */
export function checkConfig(news: Values, definition: AnyPackage): { inputs: Values; failures: readonly Failure[] } {
  const { failures } = check(news, definition);
  return { inputs: markSecrets(news, definition.config), failures };
}

/** Settings as the package's `configure` gets them. */
export function parseConfig<C extends Properties>(values: Values, properties: C): ValuesOf<C> {
  const { inputs } = check(values, { name: "", config: properties });
  return withoutNestedDefaults(inputs) as ValuesOf<C>;
}

export function diffConfig(olds: Values, news: Values, definition: AnyPackage): Change[] {
  // The engine's own settings are part of both sides: left out of one, they would be a change in every run.
  const engine: Properties = Object.fromEntries([...engineKeys].map((name) => [name, { kind: "any" }]));
  const properties = { ...engine, ...definition.config };
  return diffInferred(revealAll(olds), revealAll(news), properties, true).map((change) => ({
    ...change,
    inputDiff: true,
  }));
}

function withoutNestedDefaults(values: Values): Values {
  return mapValues(values, (value, name) =>
    name === defaultsKey ? undefined : isMap(value) ? (withoutNestedDefaults(value) as Value) : value,
  );
}
