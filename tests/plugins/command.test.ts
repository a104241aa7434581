import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { wantedResources } from "../../offline/plugins/required";
import { endOf, startedIn } from "./support/process";
import { PulumiProject } from "./support/pulumiProject";
import { pulumiCommand } from "./support/tools";

/** Seconds that a whole `pulumi` run may take on a busy machine. */
const patience = 120_000;
jest.setTimeout(patience);

const head = 'const { local } = require("@pulumi/command");\n';

/** How a preview in JSON writes a value that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Record<string, { kind: string; inputDiff: boolean }> | null;
  readonly newState?: { inputs?: Record<string, unknown> };
}

describe("the command plugin's stand-in under the real pulumi command", () => {
  let project: PulumiProject;
  const file = (name: string) => path.join(project.folder, name);
  const set = (body: string) => project.program(head + body);
  const up = () => project.run(["up", "--yes", "--skip-preview"]);

  beforeAll(async () => {
    const command = wantedResources().filter(({ name }) => name === "command");
    project = await PulumiProject.create("hs-test-command", await pulumiCommand(), command);
  });
  afterAll(() => project?.dispose());
  afterEach(() => project.run(["destroy", "--yes", "--skip-preview"]));

  async function preview(): Promise<Record<string, Step>> {
    const { code, text } = await project.attempt(["preview", "--json"]);
    if (code !== 0) throw new Error(text);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { steps: Step[] };
    return Object.fromEntries(steps.map((step) => [step.urn.split("::").at(-1) as string, step]));
  }

  it("creates, keeps, updates, replaces and deletes as the official one does", async () => {
    const log = file("log");
    const program = (create: string, trigger: number) =>
      set(`const a = new local.Command("a", {
        create: ${JSON.stringify(create)}, update: "echo \\"updated after $PULUMI_COMMAND_STDOUT\\"",
        delete: ${JSON.stringify(`echo "deleted after $PULUMI_COMMAND_STDOUT" >> ${log}`)}, triggers: [${trigger}] });
      const b = new local.Command("b", { create: pulumi.interpolate\`printf %s '<\${a.stdout}>'\` });
      exports.b = b.stdout;`);

    await program("echo one; echo oops >&2", 1);
    const planned = await preview();
    expect(planned.a?.op).toBe("create");
    expect(planned.b?.newState?.inputs?.create).toBe(unknown);

    expect(await up()).toContain("oops");
    const first = await project.state();
    expect(first.a?.id).toMatch(/^a[0-9a-f]{8}$/);
    expect(first.a?.inputs).not.toHaveProperty("stdout");
    expect(first.a?.outputs).toEqual({ ...first.a?.inputs, stdout: "one", stderr: "oops" });
    expect(first.b?.outputs.stdout).toBe("<one>");

    expect(await up()).toContain("3 unchanged");

    await program("echo two", 1);
    const update = await preview();
    expect(update.a).toMatchObject({ op: "update", detailedDiff: { create: { kind: "update", inputDiff: false } } });
    expect(update.b).toMatchObject({ op: "update" });
    await up();
    const second = await project.state();
    expect(second.a?.id).toBe(first.a?.id);
    expect(second.a?.outputs.stdout).toBe("updated after one");
    expect(second.b?.outputs.stdout).toBe("<updated after one>");

    await program("echo two", 2);
    const replacement = await preview();
    expect(replacement.a).toMatchObject({
      op: "replace",
      detailedDiff: { "triggers[0]": { kind: "update-replace", inputDiff: false } },
    });
    await up();
    expect((await project.state()).a?.id).not.toBe(first.a?.id);
    expect(await readFile(log, "utf8")).toBe("deleted after updated after one\n");

    expect(await project.run(["refresh", "--yes", "--skip-preview"])).toContain("3 unchanged");
    await project.run(["destroy", "--yes", "--skip-preview"]);
    expect(await readFile(log, "utf8")).toBe("deleted after updated after one\ndeleted after two\n");
  });

  it("keeps secrets secret in the state", async () => {
    await set(`new local.Command("a", {
      create: "cat; printf %s \\"$OPEN\\"", stdin: pulumi.secret("s3cret"), logging: "none",
      environment: { HIDDEN: pulumi.secret("h1dden"), OPEN: "open" },
    }, { additionalSecretOutputs: ["stdout"] });`);
    expect(await up()).not.toContain("s3cret");
    const plain = file("plain.json");
    await project.run(["stack", "export", "--file", plain]);
    const text = await readFile(plain, "utf8");
    expect(text).not.toMatch(/s3cret|h1dden/);
    expect(text).toContain('"OPEN": "open"');
    expect((await project.state()).a?.outputs.stdout).toMatchObject({ plaintext: '"s3cretopen"' });
    expect(await up()).toContain("2 unchanged");
  });

  it("finds files afterwards, in the folder that is given", async () => {
    await writeFile(file("keep.txt"), "kept");
    await set(`const a = new local.Command("a", {
      create: "echo made > made.txt", dir: ${JSON.stringify(project.folder)}, assetPaths: ["*.txt", "!keep.txt"] });
      exports.found = a.assets.apply((assets) => Object.keys(assets));`);
    await up();
    const assets = (await project.state()).a?.outputs.assets as Record<string, { path: string }>;
    expect(Object.keys(assets)).toEqual(["made.txt"]);
    expect(assets["made.txt"]?.path).toBe(file("made.txt"));
  });

  it("runs as a function too", async () => {
    await set(`exports.sum = local.runOutput({ command: "echo $((2 + 3))", environment: { A: "x" } }).stdout;`);
    await up();
    expect(await project.run(["stack", "output", "sum"])).toContain("5");
  });

  it("refuses what it does not support by resource and property", async () => {
    await set(`new local.Command("a", { create: "true", archivePaths: ["*"] });`);
    const { code, text } = await project.attempt(["up", "--yes", "--skip-preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain("command:local:Command resource 'a'");
    expect(text).toContain("does not support `archivePaths`");
  });

  it("refuses a resource type that it does not have", async () => {
    await set(
      `new pulumi.CustomResource("command:local:Other", "x", {}, { version: "${wantedResources().find(({ name }) => name === "command")?.version}" });`,
    );
    const { code, text } = await project.attempt(["preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain("does not support the resource type command:local:Other");
  });

  it("says what failed in the official plugin's words", async () => {
    await set(`new local.Command("a", { create: "echo to be read; exit 7" });`);
    const { code, text } = await project.attempt(["up", "--yes", "--skip-preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain('exit status 7: running "echo to be read; exit 7":');
    expect((await project.state()).a).toBeUndefined();
  });

  it("leaves no command behind when pulumi is killed, and the next run does it again", async () => {
    const started = file("started");
    await set(`new local.Command("a", { create: "echo $$ > ${started}; sleep 300" });`);
    const abort = new AbortController();
    const killed = project.attempt(["up", "--yes", "--skip-preview"], { signal: abort.signal });
    const pid = await startedIn(started);
    abort.abort();
    await killed;
    await endOf(pid);

    await project.run(["cancel", "--yes"]);
    await set(`new local.Command("a", { create: "echo done" });`);
    const { code, text } = await project.attempt(["up", "--yes", "--skip-preview"]);
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining("done") });
  });
});
