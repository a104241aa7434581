import { Metadata, Server, ServerCredentials, type ServiceDefinition, type ServiceError, status } from "@grpc/grpc-js";

/** As Pulumi's own limit: states with large values pass. */
const maxMessageBytes = 400 * 1024 * 1024;

export const messageLimits = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
};

/** An answer that carries a gRPC status of its own. */
export class StatusError extends Error {
  constructor(
    readonly code: status,
    message: string,
    readonly metadata: Metadata = new Metadata(),
  ) {
    super(message);
  }
}

/** `cancelled` tells a method that nobody waits for its answer any more. */
// biome-ignore lint/suspicious/noExplicitAny: one table holds methods of every request and response type
export type Methods = { readonly [name: string]: (request: any, cancelled: AbortSignal) => Promise<unknown> };

export interface PluginProcess {
  readonly service: ServiceDefinition;
  readonly methods: Methods;
  /** Stops what is under way. */
  cancel(): void;
  /** Ends what is still open, once nothing more is asked. */
  close(): Promise<void> | void;
}

/**
 * Runs a plugin as Pulumi wants it: prints its port as the first and only line, serves until standard input ends or a
 * signal comes, and leaves nothing behind.
 */
export function runPlugin(plugin: PluginProcess): void {
  const server = new Server(messageLimits);
  server.addService(plugin.service, implement(plugin));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`The plugin cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    plugin.cancel();
    server.forceShutdown();
    await plugin.close();
    process.exit(0);
  };
  // Whoever started this process holds its standard input: when that ends, nobody is left to ask for anything.
  process.stdin.on("end", stop).on("error", stop).resume();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

function implement(plugin: PluginProcess) {
  return Object.fromEntries(
    Object.keys(plugin.service).map((name) => [
      name,
      // biome-ignore lint/suspicious/noExplicitAny: gRPC's untyped handler
      (call: any, callback?: (error: Partial<ServiceError> | null, response?: any) => void) => {
        const fail = (error: Partial<ServiceError>) => (callback ? callback(error) : call.destroy(error));
        const method = plugin.methods[name];
        if (method === undefined) {
          return fail({ code: status.UNIMPLEMENTED, details: `${name} is not implemented by this stand-in plugin` });
        }
        const abort = new AbortController();
        call.on("cancelled", () => abort.abort());
        if (callback === undefined) {
          return streamed(call, () => method(call.request, abort.signal)).catch((error) => fail(toStatus(error)));
        }
        method(call.request, abort.signal).then(
          (response) => callback(null, response),
          (error) => fail(toStatus(error)),
        );
      },
    ]),
  );
}

/** A method that answers with a stream returns the messages to send, one after the other. */
async function streamed(
  call: { write(message: unknown): boolean; end(): void },
  method: () => Promise<unknown>,
): Promise<void> {
  for await (const message of (await method()) as AsyncIterable<unknown>) call.write(message);
  call.end();
}

function toStatus(error: unknown): Partial<ServiceError> {
  if (error instanceof StatusError) return { code: error.code, details: error.message, metadata: error.metadata };
  return { code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
