import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { createServer as createTls } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ApiQuestion {
  /** Method and path: `PUT /v1/acl/token`. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined where nothing was sent. */
  readonly body: unknown;
}

export type ApiAnswer = { readonly status?: number; readonly body?: unknown };

/** An HTTP API of a product on loopback, that answers as it is told and remembers what it was asked. */
export class FakeApi {
  readonly asked: ApiQuestion[] = [];
  url = "";
  private server?: Server;

  constructor(private readonly answer: (question: ApiQuestion) => ApiAnswer) {}

  async start(tls?: { cert: string; key: string }): Promise<this> {
    const listener: RequestListener = async (request, response) => {
      const said = await text(request);
      const question = {
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: said === "" ? undefined : JSON.parse(said),
      };
      this.asked.push(question);
      const { status = 200, body = "" } = this.answer(question);
      response.statusCode = status;
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    const server = tls ? createTls(tls, listener) : createServer(listener);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.url = `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  get lines(): string[] {
    return this.asked.map(({ line }) => line);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}
