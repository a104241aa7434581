import type * as Pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";
import { fakeOutputs } from "./fakeOutputs";

/** A resource as the program registered it, everything that refers to another one in its short form `type::name`. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly provider?: string;
  /** What the engine makes first and deletes last: explicit dependencies and those through inputs. */
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly deleteBeforeReplace: boolean;
  readonly replaceOnChanges: readonly string[];
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  readonly timeouts?: Readonly<Record<string, string>>;
  /** What a component said its outputs are. */
  outputs?: Readonly<Record<string, unknown>>;
}

/** The parts of Pulumi's registration request that are looked at here. */
interface Request {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getProvider(): string;
  getDependenciesList(): string[];
  getDeletebeforereplace(): boolean;
  getReplaceonchangesList(): string[];
  getProtect(): boolean;
  getCustomtimeouts(): { toObject(): Record<string, string> } | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a protobuf Struct, whose types Pulumi does not publish
  getObject(): any;
}

interface Monitor {
  registerResource(request: Request, callback: (error: unknown, response?: { getUrn(): string }) => void): void;
  registerResourceOutputs(
    // biome-ignore lint/suspicious/noExplicitAny: a protobuf Struct, as above
    request: { getUrn(): string; getOutputs(): any },
    callback: (error: unknown) => void,
  ): void;
}

export interface EngineOptions {
  readonly project?: string;
  readonly stack?: string;
  /** A preview: computed outputs are unknown. @default false */
  readonly preview?: boolean;
}

/**
 * Pulumi's own mocks, with the parts of a registration that they hide: dependencies, parents and options. Takes the
 * Pulumi module to work on, because a test that isolates modules has several.
 */
export class MockEngine {
  readonly registered: Registered[] = [];
  /** What to call when a command fails, by the hook's name. */
  readonly errorHooks = new Map<string, Pulumi.ErrorHook["callback"]>();

  private constructor(private readonly pulumi: typeof Pulumi) {}

  static async start(pulumi: typeof Pulumi, options: EngineOptions = {}): Promise<MockEngine> {
    const { project = "hashistack", stack = "test", preview = false } = options;
    const engine = new MockEngine(pulumi);
    // As in Pulumi.yaml: Pulumi takes a trace for every promise, and Jest looks up each in its source maps.
    Error.stackTraceLimit = 0;
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs, custom }) => ({
          id: custom ? `${name}-id` : "",
          state: { ...inputs, ...fakeOutputs(type, inputs, preview ? pulumi.runtime.unknownValue : undefined) },
        }),
        call: ({ token }) => {
          throw new Error(`the program called ${token}, which this test did not expect`);
        },
      },
      project,
      stack,
      preview,
    );
    engine.takeHooks();
    engine.listen();
    return engine;
  }

  /** Pulumi's mocks promise hooks, but have no server for them: it would wait for a real engine to call back. */
  private takeHooks(): void {
    (state as unknown as { getStore(): { callbacks?: unknown } }).getStore().callbacks = {
      registerResourceHook: async () => {},
      registerErrorHook: async ({ name, callback }: Pulumi.ErrorHook) => {
        this.errorHooks.set(name, callback);
      },
      shutdown: () => {},
      awaitStackRegistrations: async () => {},
    };
  }

  private listen(): void {
    const monitor = this.pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    const byUrn = new Map<string, Registered>();
    monitor.registerResource = (request, callback) =>
      register(request, (error, response) => {
        if (response !== undefined) {
          const resource = this.describe(request);
          const urn = response.getUrn();
          if (byUrn.has(urn)) {
            callback(new Error(`two resources have the URN ${urn}`));
            return;
          }
          byUrn.set(urn, resource);
          this.registered.push(resource);
        }
        callback(error, response);
      });

    const outputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, callback) => {
      const resource = byUrn.get(request.getUrn());
      if (resource !== undefined) {
        resource.outputs = this.pulumi.runtime.deserializeProperties(request.getOutputs());
      }
      outputs(request, callback);
    };
  }

  private describe(request: Request): Registered {
    const timeouts = Object.entries(request.getCustomtimeouts()?.toObject() ?? {}).filter(([, value]) => value !== "");
    return {
      type: request.getType(),
      name: request.getName(),
      custom: request.getCustom(),
      ...(request.getParent() ? { parent: short(request.getParent()) } : {}),
      ...(request.getProvider() ? { provider: short(request.getProvider()) } : {}),
      dependencies: request.getDependenciesList().map(short).sort(),
      inputs: this.pulumi.runtime.deserializeProperties(request.getObject()),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      replaceOnChanges: request.getReplaceonchangesList(),
      protect: request.getProtect(),
      ...(timeouts.length > 0 ? { timeouts: Object.fromEntries(timeouts) } : {}),
    };
  }

  /** Waits until everything that was constructed is registered. */
  async settled(): Promise<void> {
    await (this.pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
    Error.stackTraceLimit = 10;
  }

  /** The one resource of that name and the end of its type, such as `Container`. */
  get(type: string, name: string): Registered {
    const found = this.registered.filter((r) => r.name === name && r.type.endsWith(`:${type}`));
    if (found.length !== 1) {
      const names = this.registered.map(label).sort().join("\n  ");
      throw new Error(`${found.length} resources are ${type} ${name}; there are\n  ${names}`);
    }
    return found[0] as Registered;
  }

  all(type: string): Registered[] {
    return this.registered.filter((r) => r.type.endsWith(`:${type}`));
  }
}

export function label(resource: Registered): string {
  return `${resource.type}::${resource.name}`;
}

/** `urn:pulumi:stack::project::parentType$type::name[::id]` without what every URN of a run shares. */
function short(reference: string): string {
  const [, , types = "", name = ""] = reference.split("::");
  return `${types.slice(types.lastIndexOf("$") + 1)}::${name}`;
}
