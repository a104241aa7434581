import { createHash, randomBytes } from "node:crypto";
import type { Failure, PackageDefinition } from "./definition";
import { formatPath, type Path } from "./path";
import type { Properties, Property, Shape } from "./shape";
import { Archive, Asset, isList, isMap, Unknown, type Value, type Values } from "./values";

/** Names of the properties that hold a default, kept by bridged packages in every object of the inputs. */
export const defaultsKey = "__defaults";

export interface CheckOptions {
  readonly style: PackageDefinition["style"];
  /** The official plugin's name, for messages. */
  readonly package: string;
  readonly refused?: { readonly [name: string]: string };
  /** Name of the resource, for automatic names. */
  readonly name: string;
  readonly olds?: Values;
  /** Makes automatic names the same in the preview and in the update that follows. */
  readonly randomSeed?: Uint8Array;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Refuses what the shapes do not name, fills defaults in and brings values to the right type. Takes no secrets. */
export function checkProperties(
  news: Values,
  properties: Properties,
  options: CheckOptions,
): { inputs: Values; failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs = checkObject(news, options.olds, properties, [], options, failures);
  return { inputs, failures };
}

function checkObject(
  news: Values,
  olds: Values | undefined,
  properties: Properties,
  path: Path,
  options: CheckOptions,
  failures: Failure[],
): Values {
  const inputs: { [name: string]: Value } = {};
  for (const [name, value] of Object.entries(news)) {
    if (value === undefined || value === null || name.startsWith("__")) continue;
    const shape = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const here = [...path, name];
    if (shape === undefined) failures.push(refuse(here, options));
    else inputs[name] = checkValue(value, olds?.[name], shape, here, options, failures);
  }
  const defaulted: string[] = [];
  const oldDefaults = olds?.[defaultsKey];
  for (const [name, shape] of Object.entries(properties)) {
    if (inputs[name] !== undefined) continue;
    // What was chosen once stays: a name must not change, and a new default is no reason to touch what runs.
    const kept = isList(oldDefaults) && oldDefaults.includes(name) ? olds?.[name] : undefined;
    const chosen = () => (shape.autoName ? automaticName(shape.autoName, options) : defaultOf(shape, options));
    const value = options.style === "framework" ? undefined : (kept ?? chosen());
    if (value !== undefined && value !== null) {
      inputs[name] = checkValue(value, undefined, shape, [...path, name], options, failures);
      defaulted.push(name);
    } else if (shape.required) {
      failures.push({
        property: formatPath([...path, name]),
        reason: `Missing required property '${formatPath([...path, name])}'`,
      });
    }
  }
  if (options.style === "bridged") inputs[defaultsKey] = defaulted.sort();
  return inputs;
}

function checkValue(
  value: Value,
  old: Value | undefined,
  shape: Shape,
  path: Path,
  options: CheckOptions,
  failures: Failure[],
): Value {
  if (value instanceof Unknown || shape.kind === "any") return value;
  switch (shape.kind) {
    case "list":
      if (!isList(value)) break;
      return value.map((item, i) =>
        checkValue(item, isList(old) ? old[i] : undefined, shape.of, [...path, i], options, failures),
      );
    case "map": {
      if (!isMap(value)) break;
      const result: { [key: string]: Value } = {};
      for (const [key, item] of Object.entries(value)) {
        if (item === undefined || item === null || key === defaultsKey) continue;
        result[key] = checkValue(item, undefined, shape.of, [...path, key], options, failures);
      }
      return result;
    }
    case "object":
      if (!isMap(value)) break;
      return checkObject(value, isMap(old) ? old : undefined, shape.properties, path, options, failures);
    case "asset":
      if (value instanceof Asset) return value;
      break;
    case "archive":
      if (value instanceof Archive) return value;
      break;
    case "file":
      if (value instanceof Asset || value instanceof Archive) return value;
      break;
    default: {
      const scalar = checkScalar(value, shape.kind);
      if (scalar !== undefined) return scalar;
    }
  }
  failures.push({
    property: formatPath(path),
    reason: `\`${formatPath(path)}\` must be ${wanted(shape)}, but it is ${describe(value)}`,
  });
  return value;
}

/** Numbers and booleans may come as text, as provider configuration always does; text may come as either. */
function checkScalar(value: Value, kind: "string" | "boolean" | "integer" | "number"): Value | undefined {
  switch (kind) {
    case "string":
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      return typeof value === "string" ? value : undefined;
    case "boolean":
      if (value === "true" || value === "1") return true;
      if (value === "false" || value === "0") return false;
      return typeof value === "boolean" ? value : undefined;
    default: {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
      return kind === "integer" && !Number.isInteger(number) ? undefined : number;
    }
  }
}

function refuse(path: Path, options: CheckOptions): Failure {
  const property = formatPath(path);
  const own = path.length === 1 ? options.refused?.[property] : undefined;
  return {
    property,
    reason:
      own ??
      `the stand-in for the ${options.package} plugin does not support \`${property}\`; remove it or use the official plugin`,
  };
}

function defaultOf(shape: Property, options: CheckOptions): Value | undefined {
  const value = shape.default;
  if (value === undefined || !isMap(value) || !("env" in value)) return value as Value | undefined;
  const environment = options.environment ?? process.env;
  for (const name of value.env as readonly string[]) if (environment[name]) return environment[name];
  return value.value as Value | undefined;
}

function automaticName(rule: NonNullable<Property["autoName"]>, options: CheckOptions): string {
  const { separator = "-", maxLength = 255 } = typeof rule === "object" ? rule : {};
  const seed = options.randomSeed?.length ? options.randomSeed : randomBytes(32);
  const suffix = createHash("sha256").update(seed).update(options.name).digest("hex").slice(0, 7);
  return `${options.name.slice(0, maxLength - separator.length - suffix.length)}${separator}${suffix}`;
}

function wanted(shape: Shape): string {
  switch (shape.kind) {
    case "list":
      return "a list";
    case "map":
    case "object":
      return "an object";
    case "file":
      return "an asset or an archive";
    case "integer":
      return "a whole number";
    case "asset":
    case "archive":
      return `an ${shape.kind}`;
    default:
      return `a ${shape.kind}`;
  }
}

function describe(value: Value): string {
  if (isList(value)) return "a list";
  if (isMap(value)) return "an object";
  if (value instanceof Asset) return "an asset";
  if (value instanceof Archive) return "an archive";
  return typeof value === "string" ? "a string" : JSON.stringify(value);
}
