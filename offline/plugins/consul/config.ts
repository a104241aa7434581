import type { ApiConnection } from "../hashicorp/client";
import { readPem } from "../hashicorp/pem";

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

/**
 * The connection that a provider's settings and the environment describe: settings win over `CONSUL_…` variables.
 * @throws Error if settings contradict each other or a certificate cannot be read; its message names the setting.
 */
export function connection(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): ApiConnection & { datacenter?: string } {
  const pem = (
    inline: "caPem" | "certPem" | "keyPem",
    file: "caFile" | "certFile" | "keyFile",
    variables: string[],
  ) => {
    if (settings[inline] && settings[file]) {
      throw new Error(`consul.Provider: give ${inline} or ${file}, not both`);
    }
    if (settings[inline]) return settings[inline];
    if (settings[file]) return readPem(settings[file], `consul.Provider.${file}`);
    const variable = variables.find((name) => environment[name]);
    return variable ? readPem(environment[variable] as string, variable) : undefined;
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
      `consul.Provider.insecureHttps is for https only, but the address is ${address}; set scheme to https`,
    );
  }
  return {
    address,
    token: settings.token || environment.CONSUL_TOKEN || environment.CONSUL_HTTP_TOKEN,
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

/** The provider takes an address without its scheme, or with it. */
function addressOf(settings: Settings, environment: Readonly<Record<string, string | undefined>>): string {
  const address = settings.address || environment.CONSUL_ADDRESS || environment.CONSUL_HTTP_ADDR || "localhost:8500";
  const [, scheme, rest] = /^(https?|unix):\/\/(.+)$/.exec(address) ?? [];
  const secure = /^(1|t|true)$/i.test(environment.CONSUL_HTTP_SSL ?? "") ? "https" : undefined;
  const wanted = settings.scheme || environment.CONSUL_SCHEME || scheme || secure || "http";
  if (!/^(https?|unix)$/.test(wanted)) {
    throw new Error(`consul.Provider.scheme is ${JSON.stringify(wanted)}; expected http or https`);
  }
  return `${wanted}://${(rest ?? address).replace(/\/+$/, "")}`;
}
