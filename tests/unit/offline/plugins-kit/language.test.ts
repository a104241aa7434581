import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { parseOptions, splitWords } from "../../../../offline/plugins/language/options";
import { dependencies, requiredPlugins } from "../../../../offline/plugins/language/packages";

describe("runtime options", () => {
  it("have the official defaults", () => {
    expect(parseOptions({})).toEqual({
      typescript: true,
      nodeArguments: [],
      tsconfig: undefined,
      packageManager: "auto",
    });
  });

  it.each<[object, string]>([
    [{ typescript: "yes" }, 'runtime.options.typescript is "yes"; it must be true or false'],
    [{ nodeargs: 5 }, "runtime.options.nodeargs is 5; it must be a string"],
    [{ nodeargs: "--a 'b" }, "nodeargs has an unclosed '"],
    [{ packagemanager: "bun" }, 'packagemanager is "bun"; it must be one of auto, npm, yarn, pnpm'],
  ])("are refused by name: %j", (options, message) => {
    expect(() => parseOptions(options as never)).toThrow(message);
  });

  it("of this project spare large clusters Pulumi's stack traces", () => {
    const file = join(__dirname, "../../../../Pulumi.yaml");
    const { nodeArguments } = parseOptions(parse(readFileSync(file, "utf8")).runtime.options);
    expect(nodeArguments).toContain("--stack-trace-limit=0");
  });

  it("split words as a shell does", () => {
    expect(splitWords(`--a  "b c" 'd "e"' f\\ g ""`)).toEqual(["--a", "b c", 'd "e"', "f g", ""]);
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
        expect(splitWords(line)).toEqual(words);
      }),
    );
  });
});

describe("installed packages", () => {
  let folder: string;
  const install = (path: string, content: object | string) => {
    const file = join(folder, path, "package.json");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hs-test-packages-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("name the plugins that they need, also linked and nested ones", () => {
    install("", { dependencies: { "@pulumi/docker": "*", plain: "*" } });
    install("node_modules/plain", { name: "plain", version: "1.0.0" });
    install("node_modules/broken", "{");
    install("node_modules/@pulumi/docker", { name: "@pulumi/docker", version: "5.2.0", pulumi: { resource: true } });
    install("node_modules/@pulumi/pulumi", { name: "@pulumi/pulumi", version: "3.0.0", pulumi: { resource: false } });
    install("node_modules/@other/thing", { name: "@other/thing", version: "1.0.0", pulumi: { resource: true } });
    install("sdks/nomad", {
      name: "@pulumi/nomad",
      version: "0.0.1",
      pulumi: { resource: true, name: "nomad", version: "2.6.1" },
    });
    symlinkSync("../../sdks/nomad", join(folder, "node_modules/@pulumi/nomad"));
    symlinkSync("../..", join(folder, "node_modules/@pulumi/circle"));
    symlinkSync("/no/where", join(folder, "node_modules/dangling"));
    install("node_modules/plain/node_modules/@pulumi/random", {
      name: "@pulumi/random",
      version: "v4.0.0",
      pulumi: { resource: true, server: "https://example.org" },
    });
    const found = requiredPlugins(folder).sort((a, b) => a.name.localeCompare(b.name));
    expect(found).toEqual([
      { name: "docker", version: "v5.2.0" },
      { name: "nomad", version: "v2.6.1" },
      { name: "random", version: "v4.0.0", server: "https://example.org" },
    ]);
  });

  it("are listed for `pulumi about`", () => {
    install("", { dependencies: { a: "*" }, devDependencies: { b: "*" } });
    install("node_modules/a", { name: "a", version: "1.0.0" });
    install("node_modules/b", { name: "b", version: "2.0.0" });
    install("node_modules/c", { name: "c", version: "3.0.0" });
    expect(dependencies(folder, false).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(dependencies(folder, true).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });
});
