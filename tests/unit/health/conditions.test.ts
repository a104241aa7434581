import fc from "fast-check";
import type { Answer } from "../../../components/health/condition";
import { conditionsOf } from "../../../components/health/conditions";
import type { Requirement } from "../../../components/health/requirement";
import { waitFor } from "../../../components/health/wait";
import { type Answers, FakeWorld, ok, silent } from "../../support/fakeWorld";
import {
  autopilot,
  clientsPlanned,
  fabioEntry,
  healthyAnswers,
  ingressPlanned,
  node,
  paths,
  s1,
  s2,
  s3,
  three,
  voter,
} from "../../support/healthyAnswers";

/** The sentences of what is unmet when a healthy cluster answers differently in these places. */
async function unmetOf(requirement: Requirement, changed: Answers = {}): Promise<string[]> {
  const world = new FakeWorld({ ...healthyAnswers, ...changed });
  const verdicts = await Promise.all(conditionsOf(requirement).map(({ evaluate }) => evaluate(world.ask)));
  return verdicts.flatMap((verdict) => (verdict.met ? [] : [verdict.why]));
}

const quorum = (product: "consul" | "nomad"): Requirement => ({ kind: "quorum", product, servers: three });
const joined = (product: "consul" | "nomad", last: boolean): Requirement => ({
  kind: "server-joined",
  product,
  server: s2,
  peers: [s1, s3],
  last,
});
const members: Requirement = { kind: "consul-members", servers: three, members: ["s1", "s2", "s3", "c1", "c2"] };
const keyring: Requirement = { kind: "nomad-keyring", servers: three };

const noLeader: Answer = { status: 500, body: "No cluster leader" };
const leaders = (answer: Answer) => Object.fromEntries(three.map(({ url }) => [url + paths.leader, answer]));
const autopilots = (answer: Answer) => Object.fromEntries(three.map(({ url }) => [url + paths.autopilot, answer]));

describe("a healthy cluster meets", () => {
  test.each([
    quorum("consul"),
    quorum("nomad"),
    joined("consul", false),
    joined("nomad", true),
    members,
    keyring,
    clientsPlanned,
    ingressPlanned,
  ])("$kind $product", async (requirement) => {
    expect(conditionsOf(requirement).length).toBeGreaterThan(0);
    expect(await unmetOf(requirement)).toEqual([]);
  });
});

test("names say what is waited for", () => {
  const all = [quorum("consul"), joined("nomad", true), members, keyring, clientsPlanned, ingressPlanned];
  expect(all.flatMap(conditionsOf).map(({ name }) => name)).toEqual([
    "every Consul server sees one leader",
    "the voters of Consul are exactly the planned servers, and healthy",
    "Nomad server s2 has joined",
    "every planned Consul agent is alive",
    "the Nomad servers have their keyring",
    "exactly the planned Nomad clients are ready, with their drivers",
    "every Fabio is passing in Consul",
    "every Fabio carries the canary route",
  ]);
});

type Case = readonly [what: string, requirement: Requirement, changed: Answers, ...unmet: string[]];

const oneTooMany = ok([node("c1"), node("c2"), node("c3")]);
const sick = autopilot(voter("s1"), voter("s2", { Healthy: false }), voter("s3"));

const cases: readonly Case[] = [
  [
    "a server that is silent",
    quorum("consul"),
    { [s2.url + paths.leader]: silent },
    "http://10.0.0.2:1/v1/status/leader does not answer: connect ECONNREFUSED",
  ],
  [
    "a server that answers an error",
    quorum("consul"),
    { [s2.url + paths.leader]: { status: 403, body: { error: "Permission denied" } } },
    'http://10.0.0.2:1/v1/status/leader answers 403: {"error":"Permission denied"}',
  ],
  [
    "an empty error",
    quorum("consul"),
    { [s2.url + paths.leader]: { status: 502, body: "" } },
    "http://10.0.0.2:1/v1/status/leader answers 502: (nothing)",
  ],
  [
    "Consul without a leader, an empty text",
    quorum("consul"),
    { [s2.url + paths.leader]: ok("") },
    "consul server s2 sees no leader yet",
  ],
  [
    "Nomad without a leader, a 500",
    quorum("nomad"),
    { [s2.url + paths.leader]: noLeader },
    "nomad server s2 sees no leader yet",
  ],
  [
    "another 500 than that",
    quorum("nomad"),
    { [s2.url + paths.leader]: { status: 500, body: "rpc error: timeout" } },
    "http://10.0.0.2:1/v1/status/leader?stale answers 500: rpc error: timeout",
  ],
  [
    "two leaders",
    quorum("consul"),
    { [s3.url + paths.leader]: ok("10.0.0.3:8300") },
    "consul server s3 takes 10.0.0.3:8300 for the leader, s1 takes 10.0.0.1:8300",
  ],
  [
    "autopilot that is unhealthy: a 429 with a body",
    quorum("consul"),
    autopilots({ status: 429, body: sick }),
    "consul autopilot is not healthy: s2",
  ],
  [
    "autopilot that is unhealthy and names nobody",
    quorum("nomad"),
    autopilots({ status: 429, body: { ...autopilot(voter("s1"), voter("s2"), voter("s3")), Healthy: false } }),
    "nomad autopilot is not healthy: no server named",
  ],
  [
    "autopilot without a body yet",
    quorum("consul"),
    autopilots(ok(null)),
    "http://10.0.0.1:1/v1/operator/autopilot/health does not tell of any server yet",
  ],
  [
    "a voter that is missing",
    quorum("consul"),
    autopilots(ok(autopilot(voter("s1"), voter("s2", { Voter: false })))),
    "consul server s1 does not count s2, s3 among the voters",
  ],
  [
    "a voter too many",
    quorum("nomad"),
    autopilots(ok(autopilot(voter("s1.global"), voter("s2.global"), voter("s3.global"), voter("old.global")))),
    "nomad counts old among the voters, which this stack does not plan",
  ],
  [
    "one server whose autopilot disagrees",
    quorum("consul"),
    { [s3.url + paths.autopilot]: ok(autopilot(voter("s3"))) },
    "consul server s3 does not count s1, s2 among the voters",
  ],

  [
    "a member that failed",
    members,
    {
      [s2.url + paths.members]: ok(
        ["s1", "s2", "s3", "c1", "c2"].map((Name) => ({ Name, Status: Name === "c2" ? 4 : 1 })),
      ),
    },
    "consul server s2 does not see c2 alive among its 5 members",
  ],
  [
    "many members that are missing",
    { ...members, members: ["a", "b", "c", "d", "e", "f", "g"] },
    {},
    "consul server s1 does not see a, b, c, d, e and 2 more alive among its 5 members",
  ],

  ["no key", keyring, { [s3.url + paths.keys]: ok({ keys: [] }) }, "nomad server s3 has no key in its keyring yet"],
  ["no key set", keyring, { [s3.url + paths.keys]: ok(null) }, "nomad server s3 has no key in its keyring yet"],

  ["no clients yet", clientsPlanned, { [s1.url + paths.nodes]: ok(null) }, "nomad does not know client c1, c2 yet"],
  [
    "a client that is missing",
    clientsPlanned,
    { [s1.url + paths.nodes]: ok([node("c1")]) },
    "nomad does not know client c2 yet",
  ],
  [
    "a client of somebody else's",
    clientsPlanned,
    { [s1.url + paths.nodes]: oneTooMany, [`${s1.url}/v1/node/c3-id`]: ok({ Meta: { role: "db" } }) },
    "nomad has clients that are not of this stack: c3",
  ],
  [
    "a client of another cluster's",
    clientsPlanned,
    { [s1.url + paths.nodes]: oneTooMany, [`${s1.url}/v1/node/c3-id`]: ok({ Meta: { "hashistack.cluster": "test" } }) },
    "nomad has clients that are not of this stack: c3",
  ],
  [
    "a client too many of which nothing more is known",
    clientsPlanned,
    { [s1.url + paths.nodes]: oneTooMany, [`${s1.url}/v1/node/c3-id`]: { status: 404, body: "node not found" } },
    "nomad has clients that are not of this stack: c3",
  ],
  [
    "a client of this stack's that the engine is about to remove",
    clientsPlanned,
    { [s1.url + paths.nodes]: oneTooMany, [`${s1.url}/v1/node/c3-id`]: ok({ Meta: { "hashistack.cluster": "prod" } }) },
  ],
  [
    "a client that starts",
    clientsPlanned,
    { [s1.url + paths.nodes]: ok([node("c1"), node("c2", { Status: "initializing" })]) },
    "nomad client c2 is initializing",
  ],
  [
    "a client that drains",
    clientsPlanned,
    { [s1.url + paths.nodes]: ok([node("c1", { Drain: true, SchedulingEligibility: "ineligible" }), node("c2")]) },
    "nomad client c1 is draining; end that with: nomad node drain -disable c1-id",
  ],
  [
    "a client that takes no work",
    clientsPlanned,
    { [s1.url + paths.nodes]: ok([node("c1", { SchedulingEligibility: "ineligible" }), node("c2")]) },
    "nomad client c1 is ineligible; allow it with: nomad node eligibility -enable c1-id",
  ],
  [
    "a client that was made anew, beside its earlier self",
    clientsPlanned,
    {
      [s1.url + paths.nodes]: ok([
        node("c1", { CreateIndex: 200 }),
        node("c1", { ID: "earlier", SchedulingEligibility: "ineligible" }),
        node("c2"),
      ]),
    },
  ],
  [
    "a client without drivers",
    clientsPlanned,
    { [s1.url + paths.nodes]: ok([node("c1", { Drivers: null }), node("c2")]) },
    "nomad client c1 does not offer the driver docker: not detected",
  ],
  [
    "a driver that is unhealthy and says why",
    clientsPlanned,
    {
      [s1.url + paths.nodes]: ok([
        node("c1"),
        node("c2", { Drivers: { docker: { Detected: true, Healthy: false, HealthDescription: "Failed to connect" } } }),
      ]),
    },
    "nomad client c2 does not offer the driver docker: Failed to connect",
  ],
  [
    "a driver that is unhealthy and says nothing",
    clientsPlanned,
    {
      [s1.url + paths.nodes]: ok([
        node("c1"),
        node("c2", { Drivers: { ...node("c2").Drivers, exec: { Detected: true, Healthy: false } } }),
      ]),
    },
    "nomad client c2 does not offer the driver exec: unhealthy",
  ],
  [
    "a client that has not found Consul",
    clientsPlanned,
    { [`${s1.url}/v1/node/c2-id`]: ok({ Attributes: {} }) },
    "nomad client c2 has not found its Consul agent yet",
  ],
  [
    "a client that went away meanwhile",
    clientsPlanned,
    { [`${s1.url}/v1/node/c2-id`]: { status: 404, body: "node not found" } },
    "http://10.0.0.1:1/v1/node/c2-id answers 404: node not found",
  ],

  [
    "a client that has found Vault",
    { ...clientsPlanned, vault: "https://vault.example" },
    Object.fromEntries(
      ["c1", "c2"].map((name) => [
        `${s1.url}/v1/node/${name}-id`,
        ok({ Attributes: { "consul.version": "1.22.7", "vault.version": "1.21.4" } }),
      ]),
    ),
  ],
  [
    "a client that has not found Vault",
    { ...clientsPlanned, vault: "https://vault.example" },
    {},
    "nomad client c1 has not found Vault at https://vault.example: it must be reachable from there, and unsealed",
  ],
  [
    "Fabio that has not registered",
    ingressPlanned,
    { [s1.url + paths.fabio]: ok([fabioEntry("c9")]) },
    "fabio on c1 has not registered in Consul yet",
  ],
  [
    "Fabio that fails its check",
    ingressPlanned,
    { [s1.url + paths.fabio]: ok([fabioEntry("c1", "critical", "connection refused\n")]) },
    "fabio on c1: check \"Service 'fabio' check\" is critical: connection refused",
  ],
  [
    "Fabio without an opinion",
    ingressPlanned,
    { [s1.url + paths.fabio]: ok([fabioEntry("c1", "warning")]) },
    "fabio on c1: check \"Service 'fabio' check\" is warning",
  ],
  [
    "no canary route",
    ingressPlanned,
    { "http://10.1.0.1:9999/canary": { status: 404, body: "" } },
    "http://10.1.0.1:9999/canary answers 404: (nothing)",
  ],
];

test.each(cases.map(([what, requirement, changed, ...unmet]) => ({ what, requirement, changed, unmet })))(
  "$requirement.kind: $what",
  async ({ requirement, changed, unmet }) => {
    expect(await unmetOf(requirement, changed)).toEqual(unmet);
  },
);

test("a node that is down is what an earlier life of a client left behind", async () => {
  const nodes = [node("c1"), node("c2"), node("c2", { ID: "old", Status: "down" }), node("gone", { Status: "down" })];
  expect(await unmetOf(clientsPlanned, { [s1.url + paths.nodes]: ok(nodes.reverse()) })).toEqual([]);
});

describe("a server that starts", () => {
  test("is let through on the very first start, though there is no leader before the last server", async () => {
    for (const none of [noLeader, ok("")]) {
      expect(await unmetOf(joined("nomad", false), leaders(none))).toEqual([]);
    }
    const alone = { ...leaders(silent), [s2.url + paths.leader]: noLeader };
    expect(await unmetOf(joined("nomad", false), alone)).toEqual([]);
  });

  test("is not let through before it answers", async () => {
    expect(await unmetOf(joined("nomad", false), leaders(silent))).toEqual([
      "http://10.0.0.2:1/v1/status/leader?stale does not answer: connect ECONNREFUSED",
    ]);
  });

  test("must see a leader when it is the last one", async () => {
    expect(await unmetOf(joined("nomad", true), leaders(noLeader))).toEqual(["nomad server s2 sees no leader yet"]);
  });

  test("must see a leader when it was replaced, because its peers see one", async () => {
    expect(await unmetOf(joined("nomad", false), { [s2.url + paths.leader]: noLeader })).toEqual([
      "nomad server s2 sees no leader yet",
    ]);
  });

  test.each([
    ["is not known again", autopilot(voter("s1"), voter("s3")), "consul autopilot does not know server s2 yet"],
    ["is not healthy again", sick, "consul server s2 is not healthy yet"],
    [
      "does not vote again",
      autopilot(voter("s1"), voter("s2", { Voter: false }), voter("s3")),
      "consul server s2 is not a voter yet",
    ],
  ])("holds the next one back while it %s", async (_what, body, why) => {
    expect(await unmetOf(joined("consul", false), autopilots({ status: 429, body }))).toEqual([why]);
  });

  test("does not answer for its peers: another one that is sick does not hold it", async () => {
    const body = autopilot(voter("s1", { Healthy: false }), voter("s2"), voter("s3"));
    expect(await unmetOf(joined("consul", false), autopilots({ status: 429, body }))).toEqual([]);
  });

  test("that is the only one needs nothing but a leader", async () => {
    const alone: Requirement = { kind: "server-joined", product: "nomad", server: s1, peers: [], last: true };
    expect(await unmetOf(alone)).toEqual([]);
    expect(await unmetOf(alone, { [s1.url + paths.leader]: noLeader })).toEqual(["nomad server s1 sees no leader yet"]);
  });
});

describe("a server that knows no token", () => {
  const refused: Answer = { status: 403, body: "Permission denied" };

  test("has joined where it is Nomad's: its bootstrap is still to come, and settles whether that is why", async () => {
    for (const last of [false, true]) {
      expect(await unmetOf(joined("nomad", last), autopilots(refused))).toEqual([]);
    }
  });

  test("must still see a leader", async () => {
    expect(await unmetOf(joined("nomad", true), { ...autopilots(refused), ...leaders(noLeader) })).toEqual([
      "nomad server s2 sees no leader yet",
    ]);
  });

  test.each([
    ["Consul's, which had its token before its first start", joined("consul", true), refused],
    ["Nomad's with another answer than that", joined("nomad", true), { status: 401, body: "who are you" } as Answer],
    ["Nomad's that fails", joined("nomad", true), { status: 500, body: "rpc error" } as Answer],
  ])("has not joined where it is %s", async (_what, requirement, answer) => {
    const said = "body" in answer ? `${answer.status}: ${answer.body}` : "";
    expect(await unmetOf(requirement, autopilots(answer))).toEqual([
      `http://10.0.0.2:1/v1/operator/autopilot/health answers ${said}`,
    ]);
  });

  test("holds up the gate of the whole cluster, whosever it is: there, everything is settled", async () => {
    for (const product of ["consul", "nomad"] as const) {
      expect(await unmetOf(quorum(product), autopilots(refused))).toEqual([
        "http://10.0.0.1:1/v1/operator/autopilot/health answers 403: Permission denied",
      ]);
    }
  });
});

test("whatever answers on an agent's port, waiting ends with a sentence and not with a crash", async () => {
  const all = [quorum("consul"), joined("nomad", false), members, keyring, clientsPlanned, ingressPlanned];
  const conditions = all.flatMap(conditionsOf);
  const urls = Object.keys(healthyAnswers);
  const answer = fc.oneof(
    fc.record({ status: fc.constantFrom(200, 200, 429, 500), body: fc.jsonValue({ maxDepth: 3 }) }),
    fc.constant(silent),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), answer, async (url, given) => {
      const world = new FakeWorld({ ...healthyAnswers, [url]: given });
      const { healthy, unmet } = await waitFor(conditions, world, { timeoutSeconds: 0 });
      expect(healthy).toBe(unmet.length === 0);
      for (const { why } of unmet) {
        expect(why).not.toMatch(/^$|undefined$/);
      }
    }),
    { numRuns: 1500 },
  );
});
