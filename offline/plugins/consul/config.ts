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
  const pem = (inline: "caPem" | "certPem" | "keyPem", file: "caFile" | "certFile" | "keyFile", variable: string) => {
    if (settings[inline] && settings[file]) {
      throw new Error(`consul.Provider: give ${inline} or ${file}, not both`);
    }
    const path = settings[file] || (settings[inline] ? undefined : environment[variable]);
    return (
      settings[inline] || (path ? readPem(path, settings[file] ? `consul.Provider.${file}` : variable) : undefined)
    );
  };
  const cert = pem("certPem", "certFile", "CONSUL_CERT_FILE");
  const key = pem("keyPem", "keyFile", "CONSUL_KEY_FILE");
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? "certFile or certPem" : "keyFile or keyPem";
    throw new Error(`consul.Provider: a client certificate and its key go together; give ${missing} too`);
  }
  const datacenter = settings.datacenter || environment.CONSUL_DATACENTER;
  return {
    address: addressOf(settings, environment),
    token: settings.token || environment.CONSUL_TOKEN || environment.CONSUL_HTTP_TOKEN,
    httpAuth: settings.httpAuth || environment.CONSUL_HTTP_AUTH,
    headers: settings.headers ?? [],
    ...(datacenter ? { datacenter, query: { dc: datacenter } } : {}),
    tls: { ca: pem("caPem", "caFile", "CONSUL_CA_FILE"), cert, key, skipVerify: settings.insecureHttps ?? false },
  };
}

/** The provider takes an address without its scheme, or with it. */
function addressOf(settings: Settings, environment: Readonly<Record<string, string | undefined>>): string {
  const address = settings.address || environment.CONSUL_ADDRESS || environment.CONSUL_HTTP_ADDR || "localhost:8500";
  const [, scheme, rest] = /^(https?|unix):\/\/(.+)$/.exec(address) ?? [];
  const wanted = settings.scheme || environment.CONSUL_SCHEME || scheme || "http";
  if (!/^(https?|unix)$/.test(wanted)) {
    throw new Error(`consul.Provider.scheme is ${JSON.stringify(wanted)}; expected http or https`);
  }
  return `${wanted}://${(rest ?? address).replace(/\/+$/, "")}`;
}
