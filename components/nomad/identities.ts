/** Audience of the identities that tasks and services show to Consul. */
export const consulAudience = "consul.io";

/** Time after which an identity is renewed at the latest. */
const lifetime = "1h";

/**
 * What servers give every task and service that speaks to Consul: an identity of its own, for which Consul hands out a
 * token of its own.
 * @see https://developer.hashicorp.com/nomad/docs/secure/acl/consul
 */
export const taskIdentities = {
  service_identity: { aud: [consulAudience], ttl: lifetime },
  task_identity: { aud: [consulAudience], ttl: lifetime },
};

/**
 * What servers give every task that asks for Vault: an identity, for which Vault hands out a token. The audience is the one
 * that `nomad setup vault` sets up.
 * @see https://developer.hashicorp.com/nomad/docs/secure/vault
 */
export const vaultIdentity = { aud: ["vault.io"], ttl: lifetime };
