import { isSandbox } from "../../../tasks/lib/sandbox";
import { readViolations, withViolations } from "../../../tasks/report/violations";

/** Lines of the log that Pulumi 3.250 keeps, shortened. */
const log = [
  '{"sequence":0,"timestamp":1,"policyLoadEvent":{}}',
  '{"sequence":9,"timestamp":1,"policyEvent":{"resourceUrn":"urn:pulumi:prod::h::a:b:C::web","message":"Pin it.\\nTask a.\\n","color":"never","policyName":"pinned-images","policyPackName":"h","policyPackVersion":"0.1.0","policyPackVersionTag":"0.1.0","enforcementLevel":"mandatory"}}',
  '{"sequence":10,"timestamp":1,"policyEvent":{"message":"Use 5.","color":"never","policyName":"counts","policyPackName":"h","policyPackVersion":"0.1.0","policyPackVersionTag":"0.1.0","enforcementLevel":"advisory"}}',
  '{"sequence":11,"timestamp":1,"diagnosticEvent":{"message":"about \\"policyEvent\\"","severity":"info"}}',
  "",
].join("\n");
const found = [
  { policy: "pinned-images", level: "mandatory", urn: "urn:pulumi:prod::h::a:b:C::web", message: "Pin it.\nTask a." },
  { policy: "counts", level: "advisory", message: "Use 5." },
];

test("what policies said is taken from the log, and kept with the preview", () => {
  expect(readViolations(log)).toEqual(found);
  expect(JSON.parse(withViolations('{"steps": []}', readViolations(log)))).toEqual({ steps: [], policies: found });
});

test("whether policies judge a stack is told from its file, before it is planned", () => {
  expect(isSandbox("dev")).toBe(true);
  expect(isSandbox("prod")).toBe(false);
  expect(isSandbox("nosuch")).toBeUndefined();
});
