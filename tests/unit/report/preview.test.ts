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
    /counts 18 resources to delete and shows \d+: a part of it is missing/,
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
