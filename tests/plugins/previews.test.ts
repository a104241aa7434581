import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { planReport } from "../../tasks/report/model";
import { readPreview } from "../../tasks/report/preview";
import { render } from "../../tasks/report/render";
import { save, savedPreview, savedText } from "../previews/saved";
import { type Scenario, scenarios } from "../previews/scenarios";
import { stack, Workshop } from "../previews/workshop";
import { pulumiCommand } from "./support/tools";

jest.setTimeout(300_000);

const update = process.env.UPDATE_PREVIEWS === "1";

/** Made anew at every run, to see that the saved ones are still what this program's previews look like. */
const checked = new Set(["first-deploy", "agent-config", "scale-3-to-2", "servers-exchanged-unprotected", "drift"]);

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

  test.each(all.filter(({ up, before }) => up !== false && before === undefined))(
    "the saved preview $name is what Pulumi says today",
    check,
  );

  describe("in another way", () => {
    afterAll(() => workshop.up());

    test.each(all.filter(({ before }) => before !== undefined))(
      "the saved preview $name is what Pulumi says today",
      async (scenario) => {
        await workshop.up(scenario.before);
        await check(scenario);
      },
    );
  });
});

describe("npm run preview-report", () => {
  const edited = { file: "Pulumi.prod.yaml", from: "logLevel: warn", to: "logLevel: debug" };
  const report = (more: string) => workshop.sh(`npm run -s preview-report -- --stack ${stack} ${more} 2>&1`);
  const file = (name: string) => join(workshop.checkout.root, name);

  test("shows the plain files of containers, too, and no secret of the state", async () => {
    await workshop.checkout.edit(edited.file, edited.from, edited.to);
    const { code, output } = await report("--format markdown --save saved.json --output report.md");
    expect(code).toBe(0);
    const text = await readFile(file("report.md"), "utf8");
    expect(text).toContain("client-2/nomad-client/nomad.json");
    expect(text).not.toContain("previews hide");
    expect(output).not.toContain("PRIVATE KEY");
    // Every generated secret of this state is made of these digits.
    expect(text).not.toContain("0a0a0a0a");
    // The saved preview gives the same report.
    const again = await report("--format markdown --from saved.json --output again.md");
    expect(again.code).toBe(0);
    expect(await readFile(file("again.md"), "utf8")).toBe(text);
    await workshop.checkout.edit(edited.file, edited.to, edited.from);
  });

  test("ends with 2 for what needs attention, unless it is told otherwise", async () => {
    await writeFile(file("removed.json"), savedText("client-removed"));
    expect(await report("--from removed.json --no-nomad")).toMatchObject({
      code: 2,
      output: expect.stringContaining("Needs attention: Host client-2 is removed."),
    });
    expect((await report("--from removed.json --no-nomad --fail-on refused")).code).toBe(0);
  });

  test("refuses what the program refuses", async () => {
    await workshop.checkout.edit(edited.file, "fra1", "FRA 1");
    expect(await report("")).toMatchObject({
      code: 2,
      output: expect.stringContaining("Refused: 1 problem in this stack"),
    });
    await workshop.checkout.edit(edited.file, "FRA 1", "fra1");
  });

  test("says that a passphrase is wrong, and writes nothing", async () => {
    await writeFile(file(".hashistack/passphrase"), "wrong\n");
    const { code, output } = await report("--output wrong.md");
    expect(code).toBe(1);
    expect(output).toContain("The passphrase does not fit the stack prod");
    expect(existsSync(file("wrong.md"))).toBe(false);
  });
});
