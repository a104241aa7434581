import { readFileSync } from "node:fs";
import path from "node:path";
import type { DockerOptions } from "dockerode";
import { property, type ValuesOf } from "../kit/definition";

const { boolean, list, string } = property;

export const providerConfig = {
  caMaterial: string({ default: { env: ["DOCKER_CA_MATERIAL"] } }),
  certMaterial: string({ default: { env: ["DOCKER_CERT_MATERIAL"] } }),
  certPath: string({ default: { env: ["DOCKER_CERT_PATH"] } }),
  disableDockerDaemonCheck: boolean(),
  host: string({ default: { env: ["DOCKER_HOST"] } }),
  keyMaterial: string({ default: { env: ["DOCKER_KEY_MATERIAL"] } }),
  sshOpts: list(string()),
};
export type ProviderConfig = ValuesOf<typeof providerConfig>;

export const DEFAULT_HOST = "unix:///var/run/docker.sock";

/** How to reach the engine: by a socket or TCP, or by ssh connections that `ssh` describes. */
export interface Address {
  readonly host: string;
  readonly options: DockerOptions;
  readonly ssh?: { readonly target: string; readonly options: readonly string[] };
}

/** What the provider's configuration means for the client. Throws where it cannot mean anything. */
export function addressOf(config: Partial<ProviderConfig>, environment: NodeJS.ProcessEnv = process.env): Address {
  const host = config.host || DEFAULT_HOST;
  const scheme = /^([a-z]+):\/\//.exec(host)?.[1];
  switch (scheme) {
    case "unix":
      return { host, options: { socketPath: host.slice("unix://".length) } };
    case "ssh":
      return {
        host,
        // The name is for the Host header only: the agent makes the connection.
        options: { protocol: "http", host: "docker.example.com", port: 80 },
        ssh: {
          target: host,
          options: config.sshOpts ?? environment.DOCKER_SSH_OPTS?.split(/\s+/).filter(Boolean) ?? [],
        },
      };
    case "tcp":
    case "http":
    case "https": {
      const url = new URL(host.replace(/^tcp:/, "http:"));
      const tls = tlsOf(config);
      const secure = tls !== undefined || scheme === "https";
      return {
        host,
        options: {
          protocol: secure ? "https" : "http",
          host: url.hostname.replace(/^\[|\]$/g, ""),
          port: Number(
            new URL(host.replace(/^[a-z]+:/, "ws:")).port ||
              (scheme === "tcp" ? (secure ? 2376 : 2375) : secure ? 443 : 80),
          ),
          ...tls,
        },
      };
    }
    default:
      throw new Error(
        `docker: the provider's host ${JSON.stringify(host)} is not supported; ` +
          "it must be unix:///path/to/docker.sock, tcp://host:port or ssh://user@host",
      );
  }
}

function tlsOf(config: Partial<ProviderConfig>): { ca?: string; cert?: string; key?: string } | undefined {
  const { caMaterial, certMaterial, keyMaterial, certPath } = config;
  if (caMaterial || certMaterial || keyMaterial) {
    if (!certMaterial || !keyMaterial) {
      throw new Error(
        "docker: the provider needs certMaterial and keyMaterial together (and caMaterial to verify the engine)",
      );
    }
    return { ca: caMaterial || undefined, cert: certMaterial, key: keyMaterial };
  }
  if (!certPath) return undefined;
  const file = (name: string) => {
    try {
      return readFileSync(path.join(certPath, name), "utf8");
    } catch (cause) {
      throw new Error(
        `docker: the provider's certPath ${certPath} has no readable ${name}: ${(cause as Error).message}`,
      );
    }
  };
  return { ca: file("ca.pem"), cert: file("cert.pem"), key: file("key.pem") };
}
