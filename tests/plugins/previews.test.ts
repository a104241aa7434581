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

  describe("npm run preview-report", () => {
    const edited = { file: "Pulumi.prod.yaml", from: "logLevel: warn", to: "logLevel: debug" };
    const report = (more: string, variables = "") =>
      workshop.sh(`${variables} npm run -s preview-report -- --stack ${stack} ${more} 2>&1`);
    const file = (name: string) => join(workshop.checkout.root, name);

    test("shows the plain files of containers, too, and no secret of the state", async () => {
      await workshop.edited([edited], async () => {
        const { code, output } = await report("--format markdown --save saved.json --output report.md");
        expect({ code, output }).toMatchObject({ code: 0 });
        const text = await readFile(file("report.md"), "utf8");
        expect(text).toContain("client-2/nomad-client/nomad.json");
        expect(text).toContain("· the policies hold");
        expect(text).not.toContain("previews hide");
        expect(output).not.toContain("PRIVATE KEY");
        // Every generated secret of this state is made of these digits.
        expect(text).not.toContain("0a0a0a0a");
        // The saved preview gives the same report.
        expect(await report("--format markdown --from saved.json --output again.md")).toEqual({ code: 0, output: "" });
        expect(await readFile(file("again.md"), "utf8")).toBe(text);
      });
    });

    test("refuses what a policy forbids, in the policy's words, unless policies are off", async () => {
      const latest = { file: edited.file, from: "nginx:1.29", to: "nginx:latest" };
      await workshop.edited([latest], async () => {
        const { code, output } = await report("--save judged.json");
        expect(code).toBe(2);
        expect(output).toMatch(
          /^Refused: nginx breaks the policy pinned-images\. .*with the tag latest.* Name a tag of a release/m,
        );
        expect(output).toContain("policies broken 1 time\n");
        expect(await report("--from judged.json")).toEqual({ code, output });
        const unjudged = await report("", "POLICIES=off");
        expect(unjudged).toMatchObject({ code: 0, output: expect.stringContaining("\nSafe: 1 job changed.") });
        expect(unjudged.output).not.toContain("polic");
        expect(await report("", "POLICIES=maybe")).toMatchObject({
          code: 1,
          output: expect.stringContaining("POLICIES=maybe: expected on or off"),
        });
      });
    });

    test("says why the policies do not start, and writes nothing", async () => {
      const [from, to] = ["readonly string[]>> = {", "readonly string[]>> = nothing ?? {"];
      await workshop.edited([{ file: "policy/allowances.ts", from, to }], async () => {
        const { code, output } = await report("--output unjudged.md");
        expect({ code, output }).toMatchObject({
          code: 1,
          output: expect.stringMatching(/ended before there was a plan:[\s\S]*ReferenceError: nothing is not defined/),
        });
        expect(existsSync(file("unjudged.md"))).toBe(false);
      });
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
      await workshop.edited([{ file: edited.file, from: "fra1", to: "FRA 1" }], async () => {
        expect(await report("")).toMatchObject({
          code: 2,
          output: expect.stringContaining("Refused: 1 problem in this stack"),
        });
      });
    });

    test("says that there is no such stack, and which there are, and writes nothing", async () => {
      for (const from of ["", "--from removed.json"]) {
        const { code, output } = await workshop.sh(
          `npm run -s preview-report -- --stack nosuch ${from} --output nosuch.md 2>&1`,
        );
        expect(code).toBe(1);
        expect(output.trim()).toBe(
          'There is no stack "nosuch": expected a file Pulumi.nosuch.yaml beside Pulumi.yaml. Stacks with one: dev, locked, prod.',
        );
        expect(existsSync(file("nosuch.md"))).toBe(false);
      }
    });

    test("says that a passphrase is wrong, and writes nothing", async () => {
      await workshop.edited([{ file: ".hashistack/passphrase", from: "previews", to: "wrong" }], async () => {
        const { code, output } = await report("--output wrong.md");
        expect(code).toBe(1);
        expect(output).toContain("The passphrase does not fit the stack prod");
        expect(existsSync(file("wrong.md"))).toBe(false);
      });
    });
  });

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
