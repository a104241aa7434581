import { planReport } from "../../tasks/report/model";
import { readPreview } from "../../tasks/report/preview";
import { render } from "../../tasks/report/render";
import { save, savedPreview } from "../previews/saved";
import { type Scenario, scenarios } from "../previews/scenarios";
import { stack, Workshop } from "../previews/workshop";
import { pulumiCommand } from "./support/tools";

jest.setTimeout(300_000);

const update = process.env.UPDATE_PREVIEWS === "1";

/** Made anew at every run, to see that the saved ones are still what this program's previews look like. */
const checked = new Set(["first-deploy", "agent-config", "scale-3-to-2", "drift"]);

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.create(await pulumiCommand());
});
afterAll(() => workshop?.remove());

const all = scenarios.filter(({ name }) => update || checked.has(name));

async function reportOf(preview: Parameters<typeof planReport>[0]): Promise<string> {
  return render(await planReport(preview, { stack }), "text", { whole: "elsewhere" });
}

async function check(scenario: Scenario): Promise<void> {
  const text = await workshop.preview(scenario);
  if (update) {
    save(scenario.name, text);
  }
  const made = readPreview(text, { source: scenario.name, project: "hashistack", stack });
  expect(await reportOf(made)).toBe(await reportOf(savedPreview(scenario.name)));
}

test.each(all.filter(({ up }) => up === false))("the saved preview $name is what Pulumi says today", check);

describe("once the stack is up", () => {
  beforeAll(() => workshop.up());

  test.each(all.filter(({ up }) => up !== false))("the saved preview $name is what Pulumi says today", check);
});
