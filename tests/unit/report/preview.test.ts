import { PreviewError } from "../../../tasks/report/error";
import { planReport } from "../../../tasks/report/model";
import { type Preview, readPreview } from "../../../tasks/report/preview";
import { savedText } from "../../previews/saved";

const expected = { source: "preview.json", project: "hashistack", stack: "prod" };
const read = (text: string, more = {}) => readPreview(text, { ...expected, ...more });
const text = savedText("client-removed");

test.each([
  ["nothing at all", "", "is empty"],
  ["a preview cut short", text.slice(0, 9000), "is cut short"],
  ["a page of another kind", "<html></html>", "is no JSON|cut short"],
  ["a state", '{"version":3,"deployment":{}}', "is no preview of Pulumi's"],
  ["a list", "[]", "is no preview of Pulumi's"],
  [
    "a preview without its counts",
    text
      .replace('"changeSummary"', '"duration": 1, "changeSummary"')
      .replace(/"changeSummary": \{[^}]*\},?/, '"maybeCorrupt": false'),
    "counts",
  ],
  ["a preview with a step of a kind that nobody knows", text.replace('"op": "delete"', '"op": "explode"'), "steps.*op"],
])("%s is refused with a sentence", (_, given, message) => {
  expect(() => read(given)).toThrow(PreviewError);
  expect(() => read(given)).toThrow(new RegExp(`preview.json.*(${message})`, "s"));
});

test("a preview of another stack or project is refused by their names", () => {
  expect(() => read(text, { stack: "dev" })).toThrow(/the stack prod of the project hashistack, not of the stack dev/);
  expect(() => read(text, { project: "other" })).toThrow(/not of the stack prod of other/);
});

test("a preview from which resources are missing is refused", () => {
  const whole = read(text);
  const { steps } = whole as Preview;
  const cut = { ...whole, steps: steps.filter(({ op }, index) => op !== "delete" || index % 2 === 0) };
  expect(() => read(JSON.stringify(cut))).toThrow(
    /counts 20 resources to delete and shows \d+: a part of it is missing/,
  );
});

test("a preview that failed is an error, with what Pulumi said", async () => {
  const failed: Preview = {
    config: {},
    steps: [],
    diagnostics: [
      { severity: "error", message: "error: engine away\n", urn: "urn:pulumi:prod::hashistack::a:b:C::web" },
    ],
    maybeCorrupt: false,
  };
  await expect(planReport(failed, { stack: "prod" })).rejects.toThrow("The preview failed:\n  web: engine away");
});

test("a preview that ended before there was a plan is an error, with what was said", () => {
  // As Pulumi writes it where the pack of policies does not start.
  const said = ["error: [runtime] Running program failed\n\n", "    \u001b[90mReferenceError\u001b[39m: nothing\n\n"];
  const ended = { diagnostics: said.map((message) => ({ message, severity: "info#err" })) };
  expect(() => read(JSON.stringify(ended))).toThrow(
    "The preview ended before there was a plan:\nerror: [runtime] Running program failed\n    ReferenceError: nothing",
  );
});

describe("what was refused", () => {
  const urn = "urn:pulumi:prod::hashistack::a:b:C::web";
  const failed = (...diagnostics: { message: string; urn?: string }[]): Preview => ({
    config: {},
    steps: [],
    diagnostics: [...diagnostics, { message: "error: preview failed\n" }].map((each) => ({
      severity: "error",
      ...each,
    })),
    maybeCorrupt: false,
  });
  const held = { urn, message: `error: Preview failed: resource "${urn}" cannot be deleted\nbecause it is protected.` };

  test("is told with whatever else failed beside it", async () => {
    const { verdict, findings } = await planReport(failed(held, { message: "error: engine away" }), { stack: "prod" });
    expect(verdict).toBe("refused");
    expect(findings.map(({ level, text }) => `${level}: ${text}`)).toEqual([
      expect.stringMatching(/^refused: web would be deleted with a server's data/),
      "refused: engine away",
      expect.stringMatching(/^attention: Pulumi stops planning at web/),
    ]);
  });

  test("by policies alone is no failure; without their words it is one, and says how to have them", async () => {
    const policies = [{ policy: "pinned", level: "mandatory", urn, message: "Pin it.\nTask a is not.\n" }] as const;
    const report = await planReport({ ...failed(), policies: [...policies, ...policies] }, { stack: "prod" });
    expect(report.findings).toEqual([
      { level: "refused", text: "web breaks the policy pinned. Pin it. Task a is not." },
    ]);
    await expect(planReport(failed(), { stack: "prod" })).rejects.toThrow(/leaves out what policies say.* --save FILE/);
  });

  test("by nobody, but advised against, needs attention", async () => {
    const root = "urn:pulumi:prod::hashistack::pulumi:pulumi:Stack::hashistack-prod";
    const policies = [{ policy: "counts", level: "advisory" as const, urn: root, message: "Use 5." }];
    const { verdict, headline } = await planReport({ ...failed(), diagnostics: [], policies }, { stack: "prod" });
    expect(verdict).toBe("attention");
    expect(headline).toBe("Needs attention: The stack does not follow the policy counts. Use 5.");
  });
});
