import fc from "fast-check";
import { PreviewError } from "../../../tasks/report/error";
import { planReport } from "../../../tasks/report/model";
import { readPreview } from "../../../tasks/report/preview";
import { render } from "../../../tasks/report/render";
import { savedText } from "../../previews/saved";
import { damaged } from "../../support/damage";

const expected = { source: "preview.json", project: "hashistack", stack: "prod" };
const texts = ["job-only", "agent-config", "client-removed", "scale-3-to-2"].map(savedText);

/** A real preview with one value, anywhere, replaced, removed or joined by another. */
const damagedPreview = damaged(fc.constantFrom(...texts).map((text) => ({ preview: JSON.parse(text) as unknown }))).map(
  ({ preview }) => JSON.stringify(preview ?? null),
);

async function outcome(text: string): Promise<"reported" | "refused"> {
  let shown: string;
  try {
    const report = await planReport(readPreview(text, expected), { stack: "prod" });
    shown = render(report, "markdown", { whole: "elsewhere" });
  } catch (error) {
    expect(error).toBeInstanceOf(PreviewError);
    return "refused";
  }
  expect(shown.length).toBeLessThanOrEqual(65_000);
  expect(shown).not.toMatch(/\[object Object\]/);
  return "reported";
}

test("a damaged preview is reported on or refused with a sentence, and never crashes", async () => {
  const seen = { reported: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(damagedPreview, async (text) => {
      seen[await outcome(text)]++;
    }),
    { numRuns: 300 },
  );
  expect(seen.reported).toBeGreaterThan(10);
  expect(seen.refused).toBeGreaterThan(10);
});

test("any text is refused with a sentence", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      async (text) => {
        expect(await outcome(text)).toBe("refused");
      },
    ),
  );
});
