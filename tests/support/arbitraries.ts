import fc from "fast-check";
import { roles } from "../../components/config/schema";
import { clusterOf, engineTls, lockedClusterOf, type Raw, sandbox } from "./configs";
import { damaged } from "./damage";

/** Any JSON under the keys of a configuration, and under some others. */
export const anyConfig: fc.Arbitrary<Raw> = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      "cluster",
      "versions",
      "images",
      "hosts",
      "consul",
      "nomad",
      "fabio",
      "health",
      "security",
      "jobs",
      "groups",
      "ssh",
      "software",
    ),
    fc.string(),
  ),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 8 },
);

/** Well-formed hosts with roles, names and addresses by chance: most of these break some rule between them. */
const someHosts = fc.array(
  fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
    address: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 1, max: 20 }).map((last) => `10.0.0.${last}`) },
      { weight: 1, arbitrary: fc.constant("127.0.0.1") },
    ),
    docker: fc
      .integer({ min: 1, max: 20 })
      .map((last) => ({ endpoint: `tcp://10.0.0.${last}:2376`, ...(last > 1 ? { tls: engineTls } : {}) })),
    roles: fc.subarray([...roles], { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Distinct hosts: a rule is broken by their roles only. */
const distinctHosts = fc.array(fc.subarray([...roles], { minLength: 1 }), { minLength: 1, maxLength: 9 }).map((list) =>
  list.map((own, i) => ({
    name: `h${i}`,
    address: `10.0.0.${i + 1}`,
    docker: { endpoint: `tcp://10.0.0.${i + 1}:2376`, tls: engineTls },
    roles: own,
  })),
);

/** Machines that differ in name and address alone. */
const someGroup = fc.record({
  roles: fc.subarray([...roles], { minLength: 1 }),
  nodePool: fc.constantFrom("default", "batch"),
  hosts: fc.dictionary(
    fc.constantFrom("w1", "w2", "a"),
    fc.integer({ min: 30, max: 40 }).map((last) => `10.0.0.${last}`),
    { maxKeys: 3 },
  ),
});

const somePorts = fc.dictionary(
  fc.constantFrom("http", "dns", "server", "serfLan", "rpc", "serf", "clientHttp", "proxy", "ui"),
  fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom(8500, 4646, 9999, 0)),
  { maxKeys: 2 },
);

/** Configurations of which a good part is valid. */
export const likelyConfig: fc.Arbitrary<Raw> = fc
  .record(
    {
      cluster: fc.record({ sandbox: fc.boolean(), name: fc.constantFrom("x", "prod-1") }),
      hosts: fc.oneof(distinctHosts, someHosts),
      consul: fc.record({ ports: somePorts.map((p) => only(p, ["http", "dns", "server", "serfLan"])) }),
      nomad: fc.record({
        ports: somePorts.map((p) => only(p, ["http", "rpc", "serf", "clientHttp"])),
        drivers: fc.subarray(["docker", "exec"], { minLength: 1 }),
      }),
      fabio: fc.record({
        ports: somePorts.map((p) => only(p, ["proxy", "ui"])),
        runsAs: fc.constantFrom("agent", "nomad-job"),
      }),
      security: fc.record({ tls: fc.boolean(), acl: fc.boolean(), gossip: fc.boolean() }, { requiredKeys: [] }),
      groups: fc.dictionary(fc.constantFrom("web", "batch"), someGroup, { maxKeys: 2 }),
    },
    { requiredKeys: ["hosts"] },
  )
  .map((raw) => raw as Raw);

/** Configurations that are valid for sure. */
export const validConfig: fc.Arbitrary<Raw> = fc.oneof(
  fc.constant(sandbox),
  fc
    .tuple(
      fc.constantFrom(1, 3, 5),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom("agent", "nomad-job"),
    )
    .map(([servers, clients, ingress, runsAs]) => ({
      ...(clients % 2 === 0 ? clusterOf : lockedClusterOf)(servers, clients, ingress),
      cluster: { sandbox: servers === 1 },
      fabio: { runsAs },
    })),
);

/** A valid configuration in which one value, anywhere, was replaced, removed or joined by an unknown key. */
export const damagedConfig: fc.Arbitrary<Raw> = damaged(validConfig);

function only(ports: Record<string, number>, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(ports).filter(([name]) => names.includes(name)));
}
