import { driftReport, foundDrift } from "../../../tasks/lib/drift";

test.each([
  [0, false],
  [7, true],
])("pulumi's exit code %i means drift: %s", (code, drifted) => {
  expect(foundDrift(code, "")).toBe(drifted);
});

test("anything else was no look at the stack", () => {
  expect(() => foundDrift(255, "error: no answer\n")).toThrow(
    "The stack could not be looked at: pulumi ended with 255.\nerror: no answer",
  );
});

test("a report says what to do, and holds what pulumi said", () => {
  const report = driftReport("prod", "~ docker:index:Container x\n");
  expect(report).toContain("`make up STACK=prod` puts it right");
  expect(report).toContain("````diff\n~ docker:index:Container x\n````");
});
