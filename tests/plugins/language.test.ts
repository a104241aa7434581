import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { endOf, startedIn } from "./support/process";
import { PulumiProject } from "./support/pulumiProject";
import { pulumiCommand } from "./support/tools";

/** Milliseconds that a whole `pulumi` run may take on a busy machine. */
const patience = 120_000;
jest.setTimeout(patience);

describe("the Node.js language host's stand-in under the real pulumi command", () => {
  let project: PulumiProject;
  const file = (name: string) => path.join(project.folder, name);
  const yaml = (options: string, main = "") =>
    writeFile(file("Pulumi.yaml"), `name: hs-test-language\n${main}runtime:\n  name: nodejs\n  options: ${options}\n`);

  beforeAll(async () => {
    project = await PulumiProject.create("hs-test-language", await pulumiCommand(), []);
  });
  afterAll(() => project?.dispose());

  beforeEach(() => yaml("{ typescript: false }"));

  it("hands the program its project, stack, configuration and secrets", async () => {
    await project.run(["config", "set", "plain", "open"]);
    await project.run(["config", "set", "--secret", "hidden", "s3cret"]);
    await project.run(["config", "set", "other:key", "value"]);
    await project.program(`
      const config = new pulumi.Config();
      console.log("dry run: " + pulumi.runtime.isDryRun());
      exports.stack = pulumi.getProject() + "/" + pulumi.getStack();
      exports.root = pulumi.getOrganization();
      exports.plain = config.require("plain") + new pulumi.Config("other").require("key");
      exports.hidden = config.requireSecret("hidden");`);
    expect(await project.run(["preview"])).toContain("dry run: true");
    const text = await project.run(["up", "--yes", "--skip-preview"]);
    expect(text).toContain("dry run: false");
    expect(text).not.toContain("s3cret");
    const outputs = JSON.parse(await project.run(["stack", "output", "--json", "--show-secrets"]));
    expect(outputs).toEqual({
      stack: "hs-test-language/dev",
      root: "organization",
      plain: "openvalue",
      hidden: "s3cret",
    });
  });

  it("runs TypeScript, with node's own arguments, from another folder", async () => {
    await project.run(["config", "set", "plain", "open"]);
    await writeFile(
      file("tsconfig.other.json"),
      JSON.stringify({ compilerOptions: { module: "commonjs", strict: false } }),
    );
    await writeFile(file("program.ts"), 'export const heap: string = process.execArgv.join(" ");\n');
    await yaml("{ nodeargs: --max-old-space-size=512, tsconfig: tsconfig.other.json }", "main: program.ts\n");
    await project.run(["up", "--yes", "--skip-preview"]);
    expect(await project.run(["stack", "output", "heap"])).toContain("--max-old-space-size=512");
  });

  it("shows where an error happened, once", async () => {
    await project.program('function deep() { throw new Error("broken here"); }\ndeep();');
    const { code, text } = await project.attempt(["preview"]);
    expect(code).not.toBe(0);
    expect(text).toMatch(/Error: broken here[\s\S]*at deep .*index\.js:3/);
    expect(text).not.toContain("non-zero exit code");
  });

  it("tells how a program ended that said nothing", async () => {
    await project.program("process.exit(9);");
    const { code, text } = await project.attempt(["preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain("Program exited with non-zero exit code: 9");
  });

  it("shows a resource error without the program's stack", async () => {
    await project.program('throw new pulumi.RunError("do this instead");');
    const { code, text } = await project.attempt(["preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain("do this instead");
    expect(text).not.toContain("at Object");
  });

  it("refuses a wrong runtime option by name", async () => {
    await yaml("{ typescript: maybe }");
    const { code, text } = await project.attempt(["preview"]);
    expect(code).not.toBe(0);
    expect(text).toContain('runtime.options.typescript is "maybe"');
  });

  it("tells about the program", async () => {
    await project.program("");
    const about = JSON.parse(await project.run(["about", "--json"]).then((text) => text.slice(text.indexOf("{"))));
    expect(about.runtime.language).toBe("nodejs");
    expect(about.runtime.version).toBe(spawnSync("node", ["--version"], { encoding: "utf8" }).stdout.trim());
    expect(about.plugins.map((plugin: { name: string }) => plugin.name)).toContain("nodejs");
  });

  it("runs dynamic resources", async () => {
    await project.program(`
      class Dynamic extends pulumi.dynamic.Resource {
        constructor(name) { super({ async create() { return { id: "made", outs: { answer: 42 } }; } }, name, { answer: undefined }); }
      }
      exports.answer = new Dynamic("d").answer;`);
    await project.run(["up", "--yes", "--skip-preview"]);
    expect(await project.run(["stack", "output", "answer"])).toContain("42");
    await project.run(["destroy", "--yes", "--skip-preview"]);
  });

  it("leaves no program behind when pulumi is killed", async () => {
    const started = file("started");
    await project.program(
      `require("fs").writeFileSync(${JSON.stringify(started)}, String(process.pid)); setTimeout(() => {}, 300000);`,
    );
    const abort = new AbortController();
    const killed = project.attempt(["preview"], { signal: abort.signal });
    const pid = await startedIn(started);
    abort.abort();
    await killed;
    await endOf(pid);
  });
});
