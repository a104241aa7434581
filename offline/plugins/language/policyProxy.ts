import { Client, credentials, type requestCallback, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerHandshakeResponse,
  type AnalyzerStackConfigureRequest,
  AnalyzerStackConfigureResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { messageLimits } from "../kit/server";

type Answer = requestCallback<unknown>;

/** One method of a service, as the generated code describes it. */
interface Method {
  readonly path: string;
  readonly requestSerialize: (request: unknown) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/**
 * Stands between the engine and a policy pack, as in the official host: the engine tells a pack about its stack once the
 * pack runs, but a pack written for Node.js reads that from its environment when it starts. So this answers in its
 * place until the stack is known, and hands everything on from then.
 */
export class PolicyProxy {
  /** What the engine says about the stack; nothing where it asks something else first. */
  readonly stack: Promise<AnalyzerStackConfigureRequest | undefined>;

  private readonly server = new Server(messageLimits);
  private readonly pack: Promise<Client>;
  private tellStack: (request: AnalyzerStackConfigureRequest | undefined) => void = () => {};
  private givePack: (client: Client) => void = () => {};
  private refuse: (error: Error) => void = () => {};

  constructor() {
    this.stack = new Promise((resolve) => (this.tellStack = resolve));
    this.pack = new Promise((resolve, reject) => {
      this.givePack = resolve;
      this.refuse = reject;
    });
    // A pack that does not start is reported by whoever starts it, too.
    this.pack.catch(() => {});

    const methods = AnalyzerService as unknown as Readonly<Record<string, Method>>;
    const handedOn = Object.entries(methods).map(([name, method]) => [
      name,
      (call: { request: unknown }, answer: Answer) => {
        this.tellStack(undefined);
        this.pack.then((client) => ask(client, method, call.request, answer), answer);
      },
    ]);
    this.server.addService(AnalyzerService, {
      ...Object.fromEntries(handedOn),
      handshake: (_call: unknown, answer: Answer) => answer(null, new AnalyzerHandshakeResponse()),
      configureStack: ({ request }: { request: AnalyzerStackConfigureRequest }, answer: Answer) => {
        this.tellStack(request);
        answer(null, new AnalyzerStackConfigureResponse());
      },
    });
  }

  /** Starts to listen; resolves to the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  /** Hands everything on to the pack that listens there, what was said about the stack first. */
  async attach(port: number): Promise<void> {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), messageLimits);
    const stack = await this.stack;
    const { configureStack } = AnalyzerService as unknown as { configureStack: Method };
    if (stack) {
      await new Promise<void>((resolve, reject) =>
        // Packs of old do not know the call.
        ask(client, configureStack, stack, (error) =>
          error && error.code !== status.UNIMPLEMENTED ? reject(error) : resolve(),
        ),
      );
    }
    this.givePack(client);
  }

  /** Whoever waits for the pack gets this error; nobody is listened to any more. */
  close(error: Error): void {
    this.refuse(error);
    this.pack.then(
      (client) => client.close(),
      () => {},
    );
    this.server.forceShutdown();
  }
}

function ask(client: Client, method: Method, request: unknown, answer: Answer): void {
  client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, answer);
}
