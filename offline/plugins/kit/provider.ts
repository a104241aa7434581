import { Metadata, status } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { blank, blankError, secretTexts } from "./blank";
import { checkProperties } from "./check";
import { completed } from "./complete";
import { checkConfig, diffConfig, parseConfig } from "./config";
import {
  type Context,
  type FunctionDefinition,
  InitializationError,
  type PackageDefinition,
  type ResourceDefinition,
} from "./definition";
import { connectEngine, type Engine } from "./engine";
import { extractInputs } from "./extractInputs";
import { markSecrets } from "./markSecrets";
import { assertKnown, finishOutputs, planCreate, planUpdate } from "./outputs";
import { rootOf } from "./path";
import { diffResource } from "./resourceDiff";
import { conceal, revealAll } from "./secrets";
import { type Methods, type PluginProcess, StatusError } from "./server";
import type { Values } from "./values";
import { decode, encode } from "./wire";

/** What the requests about a resource have in common. */
interface ResourceRequest {
  getUrn(): string;
  getName(): string;
  getType(): string;
  getTimeout?(): number;
}

/** Makes a provider plugin from its definition: everything between the protocol and the handlers. */
export function createProvider<Config>(
  // biome-ignore lint/suspicious/noExplicitAny: the configuration's shape is the package's own affair
  definition: PackageDefinition<any, Config>,
  engineAddress: string | undefined,
): PluginProcess {
  const { style } = definition;
  const resources = byToken<ResourceDefinition>(definition.resources as readonly ResourceDefinition[]);
  const functions = byToken<FunctionDefinition>((definition.functions ?? []) as readonly FunctionDefinition[]);
  const aborter = new AbortController();
  let engine: Engine = connectEngine(engineAddress);
  let configuration: Values = {};
  let configured: Promise<Config> | undefined;

  const configOnce = () => {
    configured ??= Promise.resolve().then(() =>
      definition.configure(parseConfig(configuration, definition.config), { signal: aborter.signal }),
    );
    return configured;
  };
  const context = async (request?: ResourceRequest): Promise<Context> => {
    const urn = request?.getUrn() ?? "";
    const seconds = request?.getTimeout?.() ?? 0;
    return {
      urn,
      name: request?.getName() || (urn.split("::").at(-1) ?? ""),
      config: await configOnce(),
      signal: aborter.signal,
      timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
      log: (severity, message) => engine.log(severity, message, urn, false),
      status: (message) => engine.log("info", message, urn, true),
    };
  };
  const resourceOf = (request: ResourceRequest): ResourceDefinition => {
    const token = request.getType() || (request.getUrn().split("::")[2]?.split("$").at(-1) ?? "");
    const found = resources.get(token);
    if (found) return found;
    throw new StatusError(
      status.UNIMPLEMENTED,
      `the stand-in for the ${definition.name} plugin does not support the resource type ${token} ` +
        `(it has ${[...resources.keys()].join(", ")}); remove the resource or use the official plugin`,
    );
  };
  /** Runs a step; its error shows nothing of what is secret in the provider's configuration and in `values`. */
  const acting = async <T>(
    id: string,
    values: readonly Values[],
    work: () => Promise<T>,
    shown: readonly string[] = [],
  ): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      const error = blankError(thrown, secretTexts([markSecrets(configuration, definition.config), ...values], shown));
      if (error instanceof InitializationError) throw initializationFailure(error, id);
      throw error;
    } finally {
      await engine.flush();
    }
  };

  const methods: Methods = {
    async getPluginInfo() {
      return new PluginInfo().setVersion(definition.version ?? "");
    },
    async attach(request: { getAddress(): string }) {
      engine.close();
      engine = connectEngine(request.getAddress());
      return new Empty();
    },
    async getSchema() {
      return new pb.GetSchemaResponse().setSchema(JSON.stringify(minimalSchema(definition)));
    },
    async checkConfig(request: pb.CheckRequest) {
      const result = checkConfig(decode(request.getNews()), definition);
      return checkResponse(result.inputs, result.failures);
    },
    async diffConfig(request: pb.DiffRequest) {
      const olds = decode(request.getOldInputs() ?? request.getOlds());
      return diffResponse(style, diffConfig(olds, decode(request.getNews()), definition), false);
    },
    async configure(request: pb.ConfigureRequest) {
      configuration = revealAll(decode(request.getArgs()));
      configured = undefined;
      // A bridged plugin leaves secrets to the engine, which keeps them by the names of the inputs.
      const secrets = style === "inferred";
      return new pb.ConfigureResponse().setAcceptsecrets(secrets).setSupportspreview(true);
    },
    async cancel() {
      aborter.abort(new Error("cancelled"));
      return new Empty();
    },

    async check(request: pb.CheckRequest) {
      const resource = resourceOf(request);
      const raw = decode(request.getNews());
      const olds = revealAll(decode(request.getOlds()));
      const checked = checkProperties(revealAll(raw), resource.inputs, {
        style,
        package: definition.name,
        refused: resource.refused,
        name: request.getName() || (request.getUrn().split("::").at(-1) ?? ""),
        olds,
        randomSeed: request.getRandomseed_asU8(),
      });
      let { inputs, failures } = checked;
      if (failures.length === 0 && resource.check) {
        const own = await resource.check(inputs, request.hasOlds() ? olds : undefined, await context(request));
        inputs = own.inputs;
        failures = [...(own.failures ?? [])];
      }
      if (failures.length > 0) {
        const secrets = secretTexts([markSecrets(raw, resource.inputs)], resource.shown);
        failures = failures.map(({ property, reason }) => ({ property, reason: blank(reason, secrets) }));
      }
      return checkResponse(markSecrets(conceal(inputs, raw), resource.inputs), failures);
    },

    async diff(request: pb.DiffRequest) {
      const resource = resourceOf(request);
      const state = decode(request.getOlds());
      const result = await diffResource(
        resource,
        style,
        { id: request.getId(), inputs: request.hasOldInputs() ? decode(request.getOldInputs()) : state, state },
        decode(request.getNews()),
        request.getIgnorechangesList(),
        () => context(request),
      );
      return diffResponse(style, result.changes, result.deleteBeforeReplace);
    },

    async create(request: pb.CreateRequest) {
      const resource = resourceOf(request);
      const raw = completed(resource, style, decode(request.getProperties()));
      const limits = { create: request.getTimeout() || undefined };
      if (request.getPreview()) {
        const outputs = resource.plan
          ? (await resource.plan(undefined, revealAll(raw), await context(request))).outputs
          : planCreate(resource, style, raw);
        return new pb.CreateResponse().setProperties(encode(finishOutputs(resource, style, raw, outputs, limits)));
      }
      const finish = (outputs: Values) => finishOutputs(resource, style, raw, outputs, limits);
      return acting(
        "",
        [markSecrets(raw, resource.inputs)],
        async () => {
          const inputs = assertKnown(raw, request.getUrn());
          const created = await resource.create(inputs as never, await context(request)).catch(finishPartial(finish));
          return new pb.CreateResponse().setId(created.id).setProperties(encode(finish(created.outputs)));
        },
        resource.shown,
      );
    },

    async read(request: pb.ReadRequest) {
      const resource = resourceOf(request);
      const rawInputs = decode(request.getInputs());
      const rawState = decode(request.getProperties(), { nulls: true });
      const imports = resource.imports ?? (resource.read !== undefined || style === "inferred");
      if (!imports && Object.keys(rawState).length === 0) {
        throw new Error(
          `${resource.token} cannot be imported: nothing but its state tells what it was; let the program create it`,
        );
      }
      if (!resource.read) {
        return new pb.ReadResponse()
          .setId(request.getId())
          .setProperties(request.getProperties())
          .setInputs(request.getInputs());
      }
      const { read } = resource;
      return acting(
        request.getId(),
        [rawInputs, rawState],
        async () => {
          const before = { id: request.getId(), inputs: revealAll(rawInputs), state: revealAll(rawState) };
          const found = await read(before as never, await context(request)).catch(
            finishPartial((outputs) => finishOutputs(resource, style, rawInputs, outputs)),
          );
          if (found === undefined) return new pb.ReadResponse();
          const outputs = finishOutputs(resource, style, rawInputs, { ...keptMeta(rawState), ...found.outputs });
          const inputs =
            found.inputs !== undefined
              ? conceal(found.inputs, rawInputs)
              : style === "inferred"
                ? rawInputs
                : extractInputs(rawInputs, outputs, resource.inputs, style);
          return new pb.ReadResponse()
            .setId(found.id)
            .setProperties(encode(outputs))
            .setInputs(encode(markSecrets(inputs, resource.inputs)));
        },
        resource.shown,
      );
    },

    async update(request: pb.UpdateRequest) {
      const resource = resourceOf(request);
      const raw = completed(resource, style, decode(request.getNews()));
      const rawState = decode(request.getOlds(), { nulls: style === "bridged" });
      const oldInputs = request.hasOldInputs() ? decode(request.getOldInputs()) : rawState;
      const limits = { update: request.getTimeout() || undefined };
      const before = { id: request.getId(), inputs: revealAll(oldInputs), state: revealAll(rawState) };
      const finish = (outputs: Values) =>
        finishOutputs(resource, style, raw, { ...keptMeta(rawState), ...outputs }, limits);
      if (request.getPreview()) {
        const outputs = resource.plan
          ? (await resource.plan(before, revealAll(raw), await context(request))).outputs
          : planUpdate(resource, style, rawState, raw);
        return new pb.UpdateResponse().setProperties(encode(finish(outputs)));
      }
      const { update } = resource;
      if (!update) throw new StatusError(status.UNIMPLEMENTED, `${resource.token} cannot be updated in place`);
      return acting(
        request.getId(),
        [markSecrets(raw, resource.inputs), oldInputs, rawState],
        async () => {
          const inputs = assertKnown(raw, request.getUrn());
          const updated = await update(before as never, inputs as never, await context(request)).catch(
            finishPartial(finish),
          );
          return new pb.UpdateResponse().setProperties(encode(finish(updated.outputs)));
        },
        resource.shown,
      );
    },

    async delete(request: pb.DeleteRequest) {
      const resource = resourceOf(request);
      const state = decode(request.getProperties());
      const inputs = request.hasOldInputs() ? decode(request.getOldInputs()) : state;
      return acting(
        request.getId(),
        [inputs, state],
        async () => {
          const before = { id: request.getId(), inputs: revealAll(inputs), state: revealAll(state) };
          await resource.delete?.(before as never, await context(request));
          return new Empty();
        },
        resource.shown,
      );
    },

    async invoke(request: pb.InvokeRequest) {
      const found = functions.get(request.getTok());
      if (!found) {
        throw new StatusError(
          status.UNIMPLEMENTED,
          `the stand-in for the ${definition.name} plugin does not support the function ${request.getTok()}; ` +
            "remove it or use the official plugin",
        );
      }
      const raw = decode(request.getArgs());
      const checked = checkProperties(revealAll(raw), found.inputs, {
        style: "inferred",
        package: definition.name,
        name: "",
      });
      const response = new pb.InvokeResponse().setFailuresList(checked.failures.map(checkFailure));
      if (checked.failures.length > 0) return response;
      return acting("", [raw], async () => {
        const result = await found.invoke(checked.inputs as never, await context());
        return response.setReturn(encode(conceal(result, raw)));
      });
    },
  };

  return {
    service: ResourceProviderService as never,
    methods,
    cancel: () => aborter.abort(new Error("cancelled")),
    close: async () => {
      engine.close();
      await definition.close?.();
    },
  };
}

function byToken<T extends { readonly token: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.token, item]));
}

/** What the provider keeps in the state for itself survives until it says something new. */
function keptMeta(state: Values): Values {
  return typeof state.__meta === "string" ? { __meta: state.__meta } : {};
}

function checkFailure(failure: { property: string; reason: string }): pb.CheckFailure {
  return new pb.CheckFailure().setProperty(failure.property).setReason(failure.reason);
}

function checkResponse(inputs: Values, failures: readonly { property: string; reason: string }[]): pb.CheckResponse {
  return new pb.CheckResponse().setInputs(encode(inputs)).setFailuresList(failures.map(checkFailure));
}

function diffResponse(
  style: PackageDefinition["style"],
  changes: readonly { path: string; kind: string; replaces?: boolean; inputDiff?: boolean }[],
  deleteBeforeReplace: boolean,
): pb.DiffResponse {
  const response = new pb.DiffResponse()
    .setChanges(changes.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE)
    .setHasdetaileddiff(style !== "framework")
    .setDeletebeforereplace(deleteBeforeReplace);
  const named = (path: string) => (style === "inferred" ? path : rootOf(path));
  response.setDiffsList([...new Set(changes.map((change) => named(change.path)))]);
  response.setReplacesList([...new Set(changes.filter((c) => c.replaces).map((change) => named(change.path)))]);
  for (const change of style === "framework" ? [] : changes) {
    const kind =
      `${change.kind.toUpperCase()}${change.replaces ? "_REPLACE" : ""}` as keyof typeof pb.PropertyDiff.Kind;
    const detail = new pb.PropertyDiff().setKind(pb.PropertyDiff.Kind[kind]).setInputdiff(change.inputDiff ?? false);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}

/** Completes the state inside an initialization error the way a success would be completed. */
function finishPartial(finish: (outputs: Values) => Values) {
  return (error: unknown): never => {
    if (!(error instanceof InitializationError)) throw error;
    throw new InitializationError({ ...error.partial, outputs: finish(error.partial.outputs) }, error.reasons);
  };
}

/** The state travels inside the error: the engine stores it, so that nothing that was created is lost. */
function initializationFailure(error: InitializationError, id: string): StatusError {
  const detail = new pb.ErrorResourceInitFailed()
    .setId(error.partial.id || id)
    .setProperties(encode(error.partial.outputs))
    .setReasonsList([...error.reasons]);
  if (error.partial.inputs) detail.setInputs(encode(error.partial.inputs));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new Status().setCode(status.UNKNOWN).setMessage(error.message).setDetailsList([packed]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return new StatusError(status.UNKNOWN, error.message, metadata);
}

/** Enough of a schema to name the package and its types; the typed SDKs come from npm. */
// biome-ignore lint/suspicious/noExplicitAny: any package
function minimalSchema(definition: PackageDefinition<any, any>) {
  return {
    name: definition.name,
    version: definition.version,
    description: `Stand-in for the ${definition.name} plugin: a part of it, for machines that cannot download it`,
    resources: Object.fromEntries(definition.resources.map(({ token }) => [token, {}])),
    functions: Object.fromEntries((definition.functions ?? []).map(({ token }) => [token, {}])),
  };
}
