import { readText } from "../hashicorp/readText";
import { shownAddress } from "../hashicorp/shownAddress";

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

/** Settings of the provider, as the kit hands them over. */
export interface Settings {
  readonly address?: string;
  readonly caFile?: string;
  readonly caPem?: string;
  readonly certFile?: string;
  readonly certPem?: string;
  readonly headers?: readonly Header[];
  readonly httpAuth?: string;
  readonly ignoreEnvVars?: Readonly<Record<string, boolean>>;
  readonly keyFile?: string;
  readonly keyPem?: string;
  readonly region?: string;
  readonly secretId?: string;
  readonly skipVerify?: boolean;
}

/**
 * The connection that a provider's settings and the environment describe: settings win over `NOMAD_…` variables, except
 * for variables that `ignoreEnvVars` names, which are not read at all.
 *
 * @throws Error if settings contradict each other or a certificate cannot be read; its message names the setting.
 */
export function connection(settings: Settings, environment: Environment): Connection {
  const fromEnvironment = (name: string) =>
    settings.ignoreEnvVars?.[name] ? undefined : environment[name] || undefined;
  const pem = (inline: "caPem" | "certPem" | "keyPem", file: "caFile" | "certFile" | "keyFile", variable: string) => {
    if (settings[inline] && settings[file]) {
      throw new Error(`nomad.Provider: give ${inline} or ${file}, not both`);
    }
    if (settings[inline]) return settings[inline];
    if (settings[file]) return readText(settings[file], `nomad.Provider.${file}`);
    const path = fromEnvironment(variable);
    return path ? readText(path, variable) : undefined;
  };
  const cert = pem("certPem", "certFile", "NOMAD_CLIENT_CERT");
  const key = pem("keyPem", "keyFile", "NOMAD_CLIENT_KEY");
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? "certFile or certPem" : "keyFile or keyPem";
    throw new Error(`nomad.Provider: a client certificate and its key go together; give ${missing} too`);
  }
  return {
    address: checkedAddress(settings.address || fromEnvironment("NOMAD_ADDR") || "http://127.0.0.1:4646"),
    region: settings.region || fromEnvironment("NOMAD_REGION"),
    token: settings.secretId || fromEnvironment("NOMAD_TOKEN"),
    httpAuth: settings.httpAuth || fromEnvironment("NOMAD_HTTP_AUTH"),
    headers: settings.headers ?? [],
    tls: {
      ca: pem("caPem", "caFile", "NOMAD_CACERT"),
      cert,
      key,
      serverName: fromEnvironment("NOMAD_TLS_SERVER_NAME"),
      skipVerify: settings.skipVerify ?? isTrue(fromEnvironment("NOMAD_SKIP_VERIFY")),
    },
  };
}

function checkedAddress(address: string): string {
  if (!/^(https?|unix):\/\/./.test(address)) {
    throw new Error(
      `nomad.Provider.address (or NOMAD_ADDR) is ${JSON.stringify(shownAddress(address))}, which is no URL of an API; ` +
        "expected http://host:port, https://host:port or unix:///path",
    );
  }
  return address.replace(/\/+$/, "");
}

/** The spellings that Nomad's own client takes for a true value. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|T|TRUE|true|True)$/.test(value);
}
