import fc from "fast-check";
import { tokens } from "../../../components/tokens";
import type { AgentAction, AgentChange } from "../../../tasks/report/agents";
import { quorumPlan } from "../../../tasks/report/quorum";

const gate = `urn:pulumi:prod::hashistack::${tokens.consulServers}$${tokens.gate}$command:local:Command::gate`;

function server(host: string, action: AgentAction, waits = true): AgentChange {
  return {
    host,
    agent: "consul-server",
    role: "consul-server",
    substrate: "ubuntu",
    action,
    why: [],
    files: [],
    version: {},
    resource: `${host}-consul-server`,
    dependencies: waits ? [gate] : [],
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `s${from + i}`);
const shown = (planned: string[], agents: AgentChange[]) => {
  const plan = quorumPlan("consul-server", planned, agents);
  return plan?.steps.map(({ hosts, before, during, after }) => `${hosts.join("+")} ${before} ${during} ${after}`);
};

test("three servers restart one after the other: 1, 0, 1", () => {
  const agents = range(1, 3).map((host, i) => server(host, "restarted", i > 0));
  expect(shown(range(1, 3), agents)).toEqual(["s1 1 0 1", "s2 1 0 1", "s3 1 0 1"]);
});

test("servers that no gate keeps apart are away together, which three do not survive", () => {
  const agents = range(1, 3).map((host) => server(host, "restarted", false));
  const plan = quorumPlan("consul-server", range(1, 3), agents);
  expect(plan?.steps).toHaveLength(1);
  expect(plan?.broken).toMatch(/Consul has 3 voters and needs 2 .* s1, s2, s3 away at the same time 0 are left/);
});

test("five to three is survived, five to one is not", () => {
  const five = (kept: number) =>
    quorumPlan(
      "consul-server",
      range(1, kept),
      range(kept + 1, 5).map((h) => server(h, "removed")),
    );
  expect(five(3)?.broken).toBeUndefined();
  expect(five(3)?.steps).toEqual([{ action: "goes", hosts: ["s4", "s5"], before: 2, during: 0, after: 1 }]);
  expect(five(1)?.broken).toMatch(/5 voters and needs 3/);
});

test("a single server is away while it restarts, which breaks no rule", () => {
  const plan = quorumPlan("consul-server", ["s1"], [server("s1", "restarted", false)]);
  expect(plan).toMatchObject({ steps: [{ before: 0, during: -1, after: 0 }] });
  expect(plan?.broken).toBeUndefined();
});

test("nothing that touches servers, nothing to say", () => {
  expect(quorumPlan("consul-server", range(1, 3), [server("s1", "changed in place")])).toBeUndefined();
});

test("a plan is refused exactly where fewer than a majority of the voters would be left", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(3, 5, 7),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 4 }),
      (servers, wantedRemovals, news) => {
        const removals = Math.min(wantedRemovals, servers - 1);
        const kept = range(1, servers - removals);
        const come = range(20, 19 + news);
        const gone = range(servers - removals + 1, servers);
        const plan = quorumPlan(
          "consul-server",
          [...kept, ...come],
          [...come.map((host) => server(host, "created")), ...gone.map((host) => server(host, "removed"))],
        );
        // Counted apart: everybody votes before the old ones go.
        const voters = servers + news;
        const lost = (voters - removals) * 2 <= voters;
        expect(plan?.broken !== undefined).toBe(lost && removals > 0);
        expect(plan === undefined || plan.to === voters - removals).toBe(true);
      },
    ),
  );
});
