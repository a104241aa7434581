import { policyArguments, policyPack } from "../../../tasks/lib/policy";
import { clusterOf, sandbox, topologyOf } from "../../support/configs";

const stacks = { sandbox: topologyOf(sandbox).cluster, cluster: topologyOf(clusterOf(3, 1)).cluster };
const on = ["--policy-pack", policyPack];

test.each<[keyof typeof stacks, string | undefined, string[]]>([
  ["sandbox", undefined, []],
  ["sandbox", "", []],
  ["sandbox", "on", on],
  ["cluster", undefined, on],
  ["cluster", "", on],
  ["cluster", "off", []],
])("a %s with POLICIES=%s", (stack, chosen, expected) => {
  expect(policyArguments(stacks[stack], chosen)).toEqual(expected);
});

test("anything else is refused by name", () => {
  expect(() => policyArguments(stacks.sandbox, "yes")).toThrow("POLICIES=yes: expected on or off");
});
