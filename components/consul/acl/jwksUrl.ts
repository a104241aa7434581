import type { Topology } from "../../topology";

/**
 * Where Consul's servers ask for the keys of Nomad's identities: the Nomad server beside each of them, so that no single
 * machine is in the way; where one has none beside it, the first Nomad server.
 */
export function jwksUrl({ consulServers, nomadServers }: Topology): string {
  const beside = new Set(nomadServers.map(({ host }) => host));
  const [first] = nomadServers;
  const url = new URL("/.well-known/jwks.json", first?.url);
  if (consulServers.every(({ host }) => beside.has(host))) {
    url.hostname = "127.0.0.1";
  }
  return url.href;
}
