import fc from "fast-check";
import { parseConfig } from "../../../components/config/parse";
import { formatProblem } from "../../../components/config/problem";
import { planTopology } from "../../../components/topology";
import { anyConfig, damagedConfig, likelyConfig, validConfig } from "../../support/arbitraries";
import type { Raw } from "../../support/configs";
import { checkPlan } from "../../support/invariants";

/** A clear refusal or a whole plan: says which. */
function refusedOrPlanned(raw: Raw): "refused" | "planned" {
  const { config, problems } = parseConfig(raw);
  if (config === undefined) {
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.where).not.toBe("");
      expect(problem.message).not.toMatch(/invalid input/i);
      expect(formatProblem(problem)).not.toMatch(/undefined|\[object/);
    }
    return "refused";
  }
  expect(problems).toEqual([]);
  checkPlan(config, planTopology(config));
  return "planned";
}

/** How many of the runs were planned and how many refused, so that no test checks one of them only by accident. */
function counting() {
  const seen = { refused: 0, planned: 0 };
  return {
    seen,
    check: (raw: Raw) => {
      seen[refusedOrPlanned(raw)]++;
    },
  };
}

test("any JSON is refused or planned whole", () => {
  const { seen, check } = counting();
  fc.assert(fc.property(anyConfig, check), { numRuns: 2000 });
  expect(seen.refused).toBeGreaterThan(1600);
});

test("configurations that are almost right are refused or planned whole", () => {
  const { seen, check } = counting();
  fc.assert(fc.property(likelyConfig, check), { numRuns: 3000 });
  expect(seen.refused).toBeGreaterThan(100);
  expect(seen.planned).toBeGreaterThan(100);
});

test("a valid configuration with one damage anywhere is refused or planned whole", () => {
  const { seen, check } = counting();
  fc.assert(fc.property(damagedConfig, check), { numRuns: 2000 });
  expect(seen.refused).toBeGreaterThan(300);
  expect(seen.planned).toBeGreaterThan(10);
});

test("a valid configuration is planned", () => {
  fc.assert(fc.property(validConfig, (raw) => expect(refusedOrPlanned(raw)).toBe("planned")));
});

test("the same configuration gives the same plan, and is left as it was", () => {
  fc.assert(
    fc.property(validConfig, (raw) => {
      const before = structuredClone(raw);
      const { config } = parseConfig(raw);
      expect(config && planTopology(config)).toEqual(config && planTopology(config));
      expect(raw).toEqual(before);
    }),
  );
});
