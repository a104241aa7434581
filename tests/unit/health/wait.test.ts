import { type Condition, met, unmet } from "../../../components/health/condition";
import { conditionsOf } from "../../../components/health/conditions";
import { waitFor } from "../../../components/health/wait";
import { FakeWorld, ok, silent } from "../../support/fakeWorld";
import { clientsPlanned, healthyAnswers, ingressPlanned, s1, three } from "../../support/healthyAnswers";

/** Met once a URL answers "yes". */
const says = (name: string, url: string): Condition => ({
  name,
  evaluate: async (ask) => {
    const answer = await ask(url);
    return "body" in answer && answer.body === "yes" ? met : unmet(`${url} does not say yes`);
  },
});

const never = [says("never", "u")];

test("a cluster that is healthy is not kept waiting, and nothing is said", async () => {
  const world = new FakeWorld({ u: ok("yes") });
  expect(await waitFor([says("a", "u")], world, { timeoutSeconds: 5 })).toEqual({ healthy: true, unmet: [] });
  expect(world.now()).toBe(0);
  expect(world.said).toEqual([]);
});

test("nothing to wait for is healthy", async () => {
  expect((await waitFor([], new FakeWorld({}), { timeoutSeconds: 5 })).healthy).toBe(true);
});

test("it waits until all conditions are met in one round", async () => {
  // They are met in turns at first: never both at once.
  const yes = ok("yes");
  const no = ok("no");
  const world = new FakeWorld({ u: [yes, no, yes, no, yes], v: [no, yes, no, yes, yes] });
  const waited = await waitFor([says("a", "u"), says("b", "v")], world, { timeoutSeconds: 60 });
  expect(waited.healthy).toBe(true);
  expect(world.asked).toHaveLength(10);
});

test("every few seconds it says how far it is, and what it waits for", async () => {
  const world = new FakeWorld({ u: silent, v: ok("yes") });
  await waitFor([says("a", "v"), ...never], world, { timeoutSeconds: 10 });
  expect(world.said).toEqual([
    "3: 1 of 2 conditions met after 3 s; waiting: u does not say yes",
    "6: 1 of 2 conditions met after 6 s; waiting: u does not say yes",
    "9: 1 of 2 conditions met after 9 s; waiting: u does not say yes",
  ]);
});

test("the pace of progress can be set", async () => {
  const world = new FakeWorld({ u: silent });
  await waitFor(never, world, { timeoutSeconds: 10, progressSeconds: 5 });
  expect(world.said.map((line) => line.split(":")[0])).toEqual(["5", "10"].slice(0, world.said.length));
  expect(world.said.length).toBeGreaterThan(0);
});

test("when time is up it gives up, at that time, with every unmet condition and its last answer", async () => {
  const world = new FakeWorld({ u: [ok("soon"), silent], v: ok("yes"), w: silent });
  const conditions = [says("first", "u"), says("second", "v"), says("third", "w")];
  expect(await waitFor(conditions, world, { timeoutSeconds: 30 })).toEqual({
    healthy: false,
    unmet: [
      { name: "first", why: "u does not say yes" },
      { name: "third", why: "w does not say yes" },
    ],
  });
  expect(world.now()).toBeCloseTo(30_000, 6);
});

test("it asks often at first and twice a second later on", async () => {
  const world = new FakeWorld({ u: silent });
  await waitFor(never, world, { timeoutSeconds: 20 });
  expect(world.asked.length).toBeGreaterThan(40);
  expect(world.asked.length).toBeLessThan(50);
});

test("a condition that cannot read its answer is unmet", async () => {
  const broken: Condition = {
    name: "broken",
    evaluate: () => Promise.reject(new TypeError("found.filter is not a function")),
  };
  expect(await waitFor([broken], new FakeWorld({}), { timeoutSeconds: 1 })).toEqual({
    healthy: false,
    unmet: [{ name: "broken", why: "an answer could not be read: found.filter is not a function" }],
  });
});

test("in one round every URL is asked once, however many conditions look at it", async () => {
  const world = new FakeWorld(healthyAnswers);
  const conditions = [
    { kind: "quorum", product: "nomad", servers: three } as const,
    { kind: "quorum", product: "nomad", servers: three } as const,
    { kind: "server-joined", product: "nomad", server: s1, peers: three.slice(1), last: true } as const,
    clientsPlanned,
    ingressPlanned,
  ].flatMap(conditionsOf);
  expect((await waitFor(conditions, world, { timeoutSeconds: 1 })).healthy).toBe(true);
  expect(world.asked.length).toBeGreaterThan(8);
  expect(new Set(world.asked).size).toBe(world.asked.length);
});
