import { ConfigurationError, formatProblem, type Problem } from "../../../components/config/problem";

const cases: readonly (readonly [string, Problem, string])[] = [
  ["without a value", { where: "hosts", message: "missing" }, "hosts: missing"],
  ["with text", { where: "a.b", value: "x y", message: "no" }, 'a.b = "x y": no'],
  ["with a number", { where: "a", value: 0, message: "no" }, "a = 0: no"],
  ["with null", { where: "a", value: null, message: "no" }, "a = null: no"],
  ["with a list", { where: "a", value: [1, { b: 2 }], message: "no" }, 'a = [1,{"b":2}]: no'],
  ["with what JSON cannot say", { where: "a", value: Symbol("x"), message: "no" }, "a = Symbol(x): no"],
  ["with a long value", { where: "a", value: "x".repeat(500), message: "no" }, `a = "${"x".repeat(119)}…: no`],
  ["with lines", { where: "a", value: "x\ny", message: "no" }, 'a = "x\\ny": no'],
];

test.each(cases)("a problem %s", (_what, problem, text) => {
  expect(formatProblem(problem)).toBe(text);
});

test("an error says how many problems there are, lists them all, and that nothing was changed", () => {
  const problem = { where: "a", message: "no" };
  expect(new ConfigurationError([problem]).message).toBe("1 problem in this stack, nothing was changed:\n  - a: no");
  expect(new ConfigurationError([problem, { ...problem, where: "b" }]).message).toBe(
    "2 problems in this stack, nothing was changed:\n  - a: no\n  - b: no",
  );
});

test("Pulumi shows it without a stack trace", () => {
  expect(new ConfigurationError([])).toHaveProperty("__pulumiRunError", true);
});
