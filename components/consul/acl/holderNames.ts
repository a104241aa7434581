/** Holders of the tokens that agents show to Consul, by the agent. */
export const holderOf = {
  consul: (host: string) => `${host}-consul`,
  nomadServer: (host: string) => `${host}-nomad-server`,
  nomadClient: (host: string) => `${host}-nomad-client`,
  fabio: (host: string) => `${host}-fabio`,
  /** One for all: what it may do is the same everywhere, and little. */
  dns: "dns",
} as const;

/** Holders that a host may have, whatever its roles. */
export function holdersOn(host: string): string[] {
  const { consul, nomadServer, nomadClient, fabio } = holderOf;
  return [consul, nomadServer, nomadClient, fabio].map((holder) => holder(host));
}
