import type { ApiConnection } from "../hashicorp/client";
import { readText } from "../hashicorp/readText";
import { shownAddress } from "../hashicorp/shownAddress";

/** Settings of the provider, as the kit hands them over. */
export interface Settings {
  readonly address?: string;
  readonly scheme?: string;
  readonly datacenter?: string;
  readonly token?: string;
  readonly httpAuth?: string;
  readonly caFile?: string;
  readonly caPem?: string;
  readonly certFile?: string;
  readonly certPem?: string;
  readonly keyFile?: string;
  readonly keyPem?: string;
  readonly insecureHttps?: boolean;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that the official plugin heeds and this one does not, with what to do. */
const refused = {
  CONSUL_NAMESPACE: "namespaces are Consul Enterprise's",
  CONSUL_PARTITION: "partitions are Consul Enterprise's",
  CONSUL_CAPATH: "give one file: caFile, caPem or CONSUL_CACERT",
} as const;

/**
 * The connection that a provider's settings and the environment describe: settings win over `CONSUL_…` variables.
 * @throws Error if settings contradict each other, a file cannot be read, or a variable asks for what is not supported;
 *   its message names the setting or variable.
 */
export function connection(settings: Settings, environment: Environment): ApiConnection & { datacenter?: string } {
  for (const [name, remedy] of Object.entries(refused)) {
    if (environment[name] && !(name === "CONSUL_CAPATH" && (settings.caFile || settings.caPem))) {
      throw new Error(`the stand-in for the consul plugin does not support ${name}: ${remedy}; unset it`);
    }
  }
  const pem = (
    inline: "caPem" | "certPem" | "keyPem",
    file: "caFile" | "certFile" | "keyFile",
    variables: string[],
  ) => {
    if (settings[inline] && settings[file]) {
      throw new Error(`consul.Provider: give ${inline} or ${file}, not both`);
    }
    if (settings[inline]) return settings[inline];
    if (settings[file]) return readText(settings[file], `consul.Provider.${file}`);
    const variable = variables.find((name) => environment[name]);
    return variable ? readText(environment[variable] as string, variable) : undefined;
  };
  const cert = pem("certPem", "certFile", ["CONSUL_CERT_FILE", "CONSUL_CLIENT_CERT"]);
  const key = pem("keyPem", "keyFile", ["CONSUL_KEY_FILE", "CONSUL_CLIENT_KEY"]);
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? "certFile or certPem" : "keyFile or keyPem";
    throw new Error(`consul.Provider: a client certificate and its key go together; give ${missing} too`);
  }
  const datacenter = settings.datacenter || environment.CONSUL_DATACENTER;
  const address = addressOf(settings, environment);
  if (settings.insecureHttps && !address.startsWith("https:")) {
    throw new Error(
      `consul.Provider.insecureHttps is for https only, but the address is ${shownAddress(address)}; set scheme to https`,
    );
  }
  return {
    address,
    token: tokenOf(settings, environment),
    httpAuth: settings.httpAuth || environment.CONSUL_HTTP_AUTH,
    headers: settings.headers ?? [],
    ...(datacenter ? { datacenter, query: { dc: datacenter } } : {}),
    tls: {
      ca: pem("caPem", "caFile", ["CONSUL_CA_FILE", "CONSUL_CACERT"]),
      cert,
      key,
      serverName: environment.CONSUL_TLS_SERVER_NAME || undefined,
      skipVerify: settings.insecureHttps ?? /^(0|f|false)$/i.test(environment.CONSUL_HTTP_SSL_VERIFY ?? ""),
    },
  };
}

/** As the official plugin, which asks Consul's own client: there a file comes before a token of the environment. */
function tokenOf({ token }: Settings, environment: Environment): string | undefined {
  const { CONSUL_TOKEN, CONSUL_HTTP_TOKEN, CONSUL_HTTP_TOKEN_FILE: file } = environment;
  if (token || CONSUL_TOKEN || !file) return token || CONSUL_TOKEN || CONSUL_HTTP_TOKEN;
  return readText(file, "CONSUL_HTTP_TOKEN_FILE").trim();
}

/**
 * The provider takes an address without its scheme, or with it, which may be followed by a reverse proxy's prefix. Where
 * the two differ it is https: what was asked for encrypted never goes in the open.
 */
function addressOf(settings: Settings, environment: Environment): string {
  const address = settings.address || environment.CONSUL_ADDRESS || environment.CONSUL_HTTP_ADDR || "localhost:8500";
  const [, own, rest = address] = /^(\w+):\/\/(.+)$/.exec(address) ?? [];
  const secure = /^(1|t|true)$/i.test(environment.CONSUL_HTTP_SSL ?? "") ? "https" : "http";
  const scheme = settings.scheme || environment.CONSUL_SCHEME || environment.CONSUL_HTTP_SCHEME || secure;
  if (!/^https?$/.test(scheme)) {
    throw new Error(`consul.Provider.scheme is ${JSON.stringify(scheme)}; expected http or https`);
  }
  const url = `${own === undefined || own === "http" ? scheme : own}://${rest.replace(/\/+$/, "")}`;
  if (!/^(https?|unix):/.test(url) || !URL.canParse(url) || /[?#\s]/.test(url)) {
    throw new Error(
      "consul.Provider.address (or CONSUL_HTTP_ADDR) names no API; " +
        `expected host:port, http://host:port, https://host:port or unix:///path, got ${JSON.stringify(shownAddress(address))}`,
    );
  }
  return url;
}
