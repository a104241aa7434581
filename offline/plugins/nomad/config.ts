import { readFileSync } from "node:fs";

/** One HTTP header, as the provider's `headers` setting lists them. */
interface Header {
  readonly name: string;
  readonly value: string;
}

/** Everything that a connection to Nomad's HTTP API needs. */
export interface Connection {
  /** URL of the API, without a slash at the end. `unix://` names a socket. */
  readonly address: string;
  /** Region that requests are sent to; undefined for the agent's own. */
  readonly region?: string;
  /** Secret ID of an ACL token. */
  readonly token?: string;
  /** `user` or `user:password`. */
  readonly httpAuth?: string;
  readonly headers: readonly Header[];
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
    readonly skipVerify: boolean;
  };
}

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that another login method needs and that this plugin does not offer. */
const unsupported = ["authJwt"] as const;

const known = new Set([
  ...["address", "region", "secretId", "caFile", "caPem", "certFile", "certPem", "keyFile", "keyPem"],
  ...["headers", "httpAuth", "ignoreEnvVars", "skipVerify", "version", "pluginDownloadURL", ...unsupported],
]);

/**
 * What is wrong with a provider's settings, one sentence each; empty if nothing is.
 *
 * @param settings The provider's inputs, after strings that hold JSON were decoded.
 */
export function checkSettings(settings: Readonly<Record<string, unknown>>): { property: string; reason: string }[] {
  const failures: { property: string; reason: string }[] = [];
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  const both = (one: string, other: string) => {
    if (given(settings[one]) && given(settings[other])) fail(one, `give ${one} or ${other}, not both`);
  };
  for (const name of Object.keys(settings)) {
    if (!known.has(name)) fail(name, `nomad.Provider has no setting ${name}`);
  }
  for (const name of unsupported) {
    if (given(settings[name])) {
      fail(name, `nomad.Provider.${name} is not supported by the stand-in plugin: give a token in secretId instead`);
    }
  }
  both("caFile", "caPem");
  both("certFile", "certPem");
  both("keyFile", "keyPem");
  const certificate = given(settings.certFile) || given(settings.certPem);
  const key = given(settings.keyFile) || given(settings.keyPem);
  if (certificate !== key) {
    const missing = certificate ? "keyFile or keyPem" : "certFile or certPem";
    fail(
      certificate ? "certFile" : "keyFile",
      `a client certificate and its key go together: ${missing} is missing too`,
    );
  }
  const address = settings.address;
  if (typeof address === "string" && address !== "" && !/^(https?|unix):\/\//.test(address)) {
    fail(
      "address",
      `${JSON.stringify(address)} is no URL: expected http://host:port, https://host:port or unix:///path`,
    );
  }
  return failures;
}

/**
 * The connection that a provider's settings and the environment describe: settings win over `NOMAD_…` variables, except
 * for variables that `ignoreEnvVars` names, which are not read at all.
 *
 * @throws Error if a certificate or key file cannot be read; its message names file and setting.
 */
export function connection(settings: Readonly<Record<string, unknown>>, environment: Environment): Connection {
  const ignored = (settings.ignoreEnvVars ?? {}) as Record<string, boolean>;
  const fromEnvironment = (name: string) => (ignored[name] ? undefined : environment[name] || undefined);
  const text = (setting: string, variable?: string) =>
    (settings[setting] as string | undefined) || (variable ? fromEnvironment(variable) : undefined);
  const pem = (inline: string, file: string, variable: string) => {
    if (given(settings[inline])) return settings[inline] as string;
    const path = text(file, variable);
    return path ? readPem(path, given(settings[file]) ? `nomad.Provider.${file}` : variable) : undefined;
  };
  const address = text("address", "NOMAD_ADDR") ?? "http://127.0.0.1:4646";
  return {
    address: address.replace(/\/+$/, ""),
    region: text("region", "NOMAD_REGION"),
    token: text("secretId", "NOMAD_TOKEN"),
    httpAuth: text("httpAuth", "NOMAD_HTTP_AUTH"),
    headers: (settings.headers ?? []) as Header[],
    tls: {
      ca: pem("caPem", "caFile", "NOMAD_CACERT"),
      cert: pem("certPem", "certFile", "NOMAD_CLIENT_CERT"),
      key: pem("keyPem", "keyFile", "NOMAD_CLIENT_KEY"),
      serverName: fromEnvironment("NOMAD_TLS_SERVER_NAME"),
      skipVerify:
        settings.skipVerify === undefined ? isTrue(fromEnvironment("NOMAD_SKIP_VERIFY")) : !!settings.skipVerify,
    },
  };
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** The spellings that Nomad's own client takes for a true value. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|T|TRUE|true|True)$/.test(value);
}

function readPem(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `${setting}: ${path} cannot be read (${(error as Error).message}); give a path that can be read here`,
    );
  }
}
