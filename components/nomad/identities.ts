/** Audience of the identities that tasks and services show to Consul. */
export const consulAudience = "consul.io";

/** Seconds after which a task's or service's identity is renewed at the latest. */
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
