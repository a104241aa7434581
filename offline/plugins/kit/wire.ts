import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Archive, Asset, isList, isMap, Secret, UNKNOWN, Unknown, type Value, type Values } from "./values";

/**
 * Pulumi's protocol carries property values as a protobuf Struct; what JSON cannot say is marked by reserved keys and
 * strings (sdk/go/common/resource/sig and resource/plugin/rpc.go in pulumi/pulumi).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
};
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  unknownString,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface DecodeOptions {
  /** Keep properties whose value is null. Default: leave them out, as providers do with inputs. */
  readonly nulls?: boolean;
}

export function decode(struct: Struct | undefined, options: DecodeOptions = {}): Values {
  if (struct === undefined) return {};
  return decodeMap(struct.toJavaScript() as { [key: string]: Json }, options);
}

export function encode(values: Values): Struct {
  return Struct.fromJavaScript(encodeMap(values) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function decodeMap(json: { [key: string]: Json }, options: DecodeOptions): Values {
  const values: { [key: string]: Value } = {};
  for (const [key, value] of Object.entries(json)) {
    if (value === null && !options.nulls) continue;
    values[key] = decodeValue(value, options);
  }
  return values;
}

function decodeValue(json: Json, options: DecodeOptions): Value {
  if (typeof json === "string") return unknowns.has(json) ? UNKNOWN : json;
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map((item) => decodeValue(item, options));
  const signature = json[signatureKey];
  if (signature === undefined) return decodeMap(json, options);
  switch (signature) {
    case signatures.secret:
      return new Secret(decodeValue(json.value ?? null, options));
    case signatures.output: {
      const value = json.value === undefined ? UNKNOWN : decodeValue(json.value, options);
      return json.secret === true ? new Secret(value) : value;
    }
    case signatures.resource: {
      // A custom resource stands for its id, a component for its name; an empty id is one that is not known yet.
      if (json.id === undefined) return decodeValue(json.urn ?? null, options);
      return json.id === "" ? UNKNOWN : decodeValue(json.id, options);
    }
    case signatures.asset:
      return new Asset(assetSource(json), text(json.hash) || undefined);
    case signatures.archive:
      return new Archive(archiveSource(json), text(json.hash) || undefined);
    default:
      throw new Error(`The engine sent a value of an unknown kind (signature ${JSON.stringify(signature)})`);
  }
}

function assetSource(json: { [key: string]: Json }): Asset["source"] {
  if (typeof json.path === "string" && json.path !== "") return { path: json.path };
  if (typeof json.uri === "string" && json.uri !== "") return { uri: json.uri };
  return { text: text(json.text) };
}

function archiveSource(json: { [key: string]: Json }): Archive["source"] {
  if (typeof json.path === "string" && json.path !== "") return { path: json.path };
  if (typeof json.uri === "string" && json.uri !== "") return { uri: json.uri };
  const assets: { [name: string]: Asset | Archive } = {};
  for (const [name, item] of Object.entries((json.assets ?? {}) as { [key: string]: Json })) {
    const value = decodeValue(item, {});
    if (!(value instanceof Asset || value instanceof Archive)) throw new Error(`Archive member ${name} is no asset`);
    assets[name] = value;
  }
  return { assets };
}

function text(json: Json | undefined): string {
  return typeof json === "string" ? json : "";
}

function encodeMap(values: Values): { [key: string]: Json } {
  const json: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) json[key] = encodeValue(value);
  return json;
}

function encodeValue(value: Value): Json {
  if (value instanceof Unknown) return unknownString;
  if (value instanceof Secret) return { [signatureKey]: signatures.secret, value: encodeValue(value.value) };
  if (value instanceof Asset) return { [signatureKey]: signatures.asset, ...hash(value), ...value.source };
  if (value instanceof Archive) {
    const source =
      "assets" in value.source
        ? { assets: encodeMap(value.source.assets as unknown as Values) }
        : (value.source as { [key: string]: string });
    return { [signatureKey]: signatures.archive, ...hash(value), ...source };
  }
  if (isList(value)) return value.map(encodeValue);
  if (isMap(value)) return encodeMap(value);
  return value;
}

function hash(file: Asset | Archive): { hash?: string } {
  return file.hash === undefined ? {} : { hash: file.hash };
}
