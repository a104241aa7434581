import * as http from "node:http";
import * as https from "node:https";
import { shownAddress } from "./shownAddress";

/** What tells one product's API from another's. */
export interface Product {
  /** `Nomad` */
  readonly name: string;
  /** Header that carries a token. */
  readonly tokenHeader: string;
  /** Setting of the provider that holds it. */
  readonly tokenSetting: string;
}

/** Everything that a connection to an HTTP API needs. */
export interface ApiConnection {
  /** URL of the API, without a slash at the end. `unix://` names a socket. */
  readonly address: string;
  /** Parameters of every request, such as the region. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Secret ID of an ACL token. */
  readonly token?: string;
  /** `user` or `user:password`. */
  readonly httpAuth?: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
    readonly skipVerify: boolean;
  };
}

/** An answer that is not a success. */
export class ApiError extends Error {
  /**
   * @param product Who said it.
   * @param address Where it was asked.
   * @param status HTTP status, e.g. 403.
   * @param answer What it said.
   * @param request The request it said so to, e.g. `PUT /v1/jobs`.
   */
  constructor(
    product: Product,
    address: string,
    public readonly status: number,
    public readonly answer: string,
    public readonly request: string,
  ) {
    super(
      `${product.name} at ${address} answered ${status} to ${request}: ${answer}${remedy(product, status, answer)}`,
    );
    this.name = "ApiError";
  }
}

/** No answer at all: nothing listens there, the name is unknown, TLS failed, or the time was up. */
export class ApiUnreachable extends Error {
  constructor(
    product: Product,
    public readonly address: string,
    cause: Error,
  ) {
    super(
      `${product.name} at ${address} cannot be reached (${cause.message}); ` +
        "check that its agent runs and that the provider's address and TLS settings are right",
    );
    this.name = "ApiUnreachable";
  }
}

/** Options of one request. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Sent as it is, in place of a body in JSON. */
  readonly text?: string;
  /** Ends the request early, e.g. when Pulumi is interrupted. */
  readonly signal?: AbortSignal;
  /** Has integers that JavaScript would round, e.g. times in nanoseconds, delivered as decimal strings. */
  readonly exactIntegers?: boolean;
}

const requestTimeoutMs = 60_000;

/** A product's HTTP API over one connection. */
export class ApiClient {
  readonly #agent: http.Agent;
  readonly #blank: (text: string) => string;

  constructor(
    private readonly product: Product,
    private readonly connection: ApiConnection,
  ) {
    const { tls, address } = connection;
    this.#blank = blanker(connection);
    this.#agent = address.startsWith("https:")
      ? new https.Agent({
          keepAlive: true,
          ca: tls.ca,
          cert: tls.cert,
          key: tls.key,
          servername: tls.serverName,
          rejectUnauthorized: !tls.skipVerify,
          minVersion: "TLSv1.2",
        })
      : new http.Agent({ keepAlive: true });
  }

  /** Where this client sends its requests, without a password that stands in it. */
  get address(): string {
    return shownAddress(this.connection.address);
  }

  get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.request<T>("GET", path, options);
  }

  put<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.request<T>("PUT", path, { ...options, body });
  }

  delete<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.request<T>("DELETE", path, options);
  }

  /** As {@link delete}; what is gone already is no error. */
  async deleteIfThere(path: string, options?: RequestOptions): Promise<void> {
    try {
      await this.delete(path, options);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** Closes the connections that wait for further requests. */
  close(): void {
    this.#agent.destroy();
  }

  /** As {@link get}, with `undefined` for what is not there. */
  async find<T>(path: string, options?: RequestOptions): Promise<T | undefined> {
    try {
      return await this.get<T>(path, options);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * One request.
   *
   * @throws ApiError if it refuses, or says what no API says; ApiUnreachable if it does not answer.
   */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const { status, text } = await this.#send(method, path, options);
    const said = (answer: string) =>
      new ApiError(this.product, this.address, status, this.#blank(answer), this.#blank(`${method} ${path}`));
    if (status < 200 || status > 299) throw said(text.trim() || "an empty answer");
    if (text.trim() === "") return undefined as T;
    try {
      return JSON.parse(options.exactIntegers ? quoteLargeIntegers(text) : text) as T;
    } catch {
      // Without the answer, of which nobody knows what it holds.
      throw said(`no JSON; is ${this.product.name}'s API what answers there?`);
    }
  }

  #send(method: string, path: string, options: RequestOptions): Promise<{ status: number; text: string }> {
    const { connection } = this;
    const unix = connection.address.startsWith("unix://");
    const url = new URL((unix ? "http://localhost" : connection.address) + path);
    // Segments `.` and `..`, in whatever spelling, would lead to another part of the API.
    if (!url.pathname.endsWith(path)) {
      throw new Error(`${method} ${path} would lead to ${url.pathname}: nothing can be named . or ..`);
    }
    for (const [name, value] of Object.entries({ ...connection.query, ...options.query })) {
      if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
    }
    const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const transport = url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new ApiUnreachable(this.product, this.address, error));
      const request = transport.request(
        url,
        {
          method,
          agent: this.#agent,
          socketPath: unix ? connection.address.slice("unix://".length) : undefined,
          headers: this.#headers(body),
          signal: options.signal,
          timeout: requestTimeoutMs,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
          );
        },
      );
      request.on("timeout", () => request.destroy(new Error(`no answer within ${requestTimeoutMs / 1000} s`)));
      request.on("error", fail);
      request.end(body);
    });
  }

  #headers(body: string | undefined): http.OutgoingHttpHeaders {
    const { connection } = this;
    const headers: http.OutgoingHttpHeaders = {};
    for (const { name, value } of connection.headers) headers[name] = value;
    if (connection.token) headers[this.product.tokenHeader] = connection.token;
    if (connection.httpAuth) headers.Authorization = `Basic ${Buffer.from(connection.httpAuth).toString("base64")}`;
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["Content-Length"] = Buffer.byteLength(body);
    }
    return headers;
  }
}

/** Texts as short as these are no secrets, and stand in every second word. */
const shortestSecret = 4;

/** Blanks what a connection shows to the API, for an answer may repeat it. */
function blanker({ token, httpAuth, headers, tls }: ApiConnection): (text: string) => string {
  const password = httpAuth?.slice(httpAuth.indexOf(":") + 1);
  const basic = httpAuth && Buffer.from(httpAuth).toString("base64");
  const secrets = [token, httpAuth, basic, password, tls.key, ...headers.map(({ value }) => value)].filter(
    (secret): secret is string => (secret?.length ?? 0) >= shortestSecret,
  );
  return (text) => secrets.reduce((blanked, secret) => blanked.replaceAll(secret, "[secret]"), text);
}

/** Puts quotes around integers of more than 15 digits, and leaves what stands inside strings alone. */
export function quoteLargeIntegers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    /^-?\d{16,}$/.test(token) ? `"${token}"` : token,
  );
}

function remedy({ tokenSetting }: Product, status: number, answer: string): string {
  if (status === 401 || status === 403) {
    return `; give the provider a token (${tokenSetting}) whose policies allow this`;
  }
  if (status >= 300 && status <= 399) return "; give the provider the address of the API itself";
  const [, place] = /no path to (datacenter|region)/i.exec(answer) ?? [];
  return place ? `; check the provider's ${place}` : "";
}
