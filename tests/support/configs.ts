import { resolveAccess } from "../../components/config/access";
import { expandHosts } from "../../components/config/hosts";
import { parseConfig } from "../../components/config/parse";
import { type StackSecrets, secretsOf } from "../../components/secrets";
import { planTopology, type Topology } from "../../components/topology";

export type Raw = Record<string, unknown>;

/** One machine with every role, as in the stack `dev`. */
export const sandbox: Raw = {
  cluster: { sandbox: true },
  hosts: [
    { name: "sandbox", address: "127.0.0.1", roles: ["consul-server", "nomad-server", "nomad-client", "ingress"] },
  ],
};

/** What engines on tcp:// need. */
export const engineTls = { caFile: "ca.pem", certFile: "cert.pem", keyFile: "key.pem" };

/** Everything that locks a cluster, turned off in so many words. */
export const unlocked = { tls: false, acl: false, gossip: false };

/** A cluster like that of {@link clusterOf}, with everything on that locks it. */
export function lockedClusterOf(servers: number, clients: number, ingress = 1): Raw {
  return { ...clusterOf(servers, clients, ingress), security: {} };
}

/** Servers s1, s2, … and clients c1, c2, … on Docker hosts of one network; the first `ingress` clients carry Fabio. */
export function clusterOf(servers: number, clients: number, ingress = 1): Raw {
  const host = (name: string, address: string, roles: string[]) => ({
    name,
    address,
    docker: { endpoint: `tcp://${address}:2376`, tls: engineTls },
    roles,
  });
  const third = (index: number) => `${Math.floor(index / 250)}.${(index % 250) + 1}`;
  return {
    security: unlocked,
    hosts: [
      ...range(servers).map((i) => host(`s${i + 1}`, `10.0.${third(i)}`, ["consul-server", "nomad-server"])),
      ...range(clients).map((i) =>
        host(`c${i + 1}`, `10.1.${third(i)}`, i < ingress ? ["nomad-client", "ingress"] : ["nomad-client"]),
      ),
    ],
  };
}

/** What stands in the files that a configuration of these tests names. */
const fileOf = (path: string) => `text of ${path}`;

/** The secrets of a configuration that is meant to be valid. */
export function secretsFor(raw: Raw): StackSecrets {
  const { config } = parseConfig(raw);
  if (config === undefined) {
    throw new Error("this configuration was meant to be valid");
  }
  return secretsOf(config, resolveAccess(expandHosts(config), fileOf).access, fileOf).secrets;
}

/** The topology of a configuration that is meant to be valid. */
export function topologyOf(raw: Raw): Topology {
  const { config, problems } = parseConfig(raw);
  if (config === undefined) {
    throw new Error(`this configuration was meant to be valid: ${JSON.stringify(problems)}`);
  }
  return planTopology(config, resolveAccess(expandHosts(config), fileOf).access);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
