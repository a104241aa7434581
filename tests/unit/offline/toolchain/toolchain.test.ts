import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Limits, Sources } from "../../../../offline/download";
import { ensureTool, pinnedVersion, type toolNames } from "../../../../offline/toolchain";
import { recipes } from "../../../../offline/toolchain/recipes";
import { type Site, sha256, startSite, tarGz, zip } from "../download/site";

const limits: Limits = { answerMs: 500, stallMs: 500, attempts: 1, pauseMs: 1 };
const platform = { os: process.platform, cpu: process.arch };
const before = { ...process.env };
let folder: string;
let site: Site;
const messages: string[] = [];
const report = (message: string) => void messages.push(message);

beforeEach(async () => {
  messages.length = 0;
  folder = mkdtempSync(join(tmpdir(), "hs-test-tools-"));
  site = await startSite();
  mkdirSync(join(folder, "bin"));
  // The shell that runs the test's programs, and nothing else: no Go, none of the machine's own tools.
  process.env.PATH = join(folder, "bin");
  process.env.HASHISTACK_CACHE = join(folder, "cache");
  delete process.env.HASHISTACK_TOOLS;
});

afterEach(async () => {
  process.env = { ...before };
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const program = (prints: string) => `#!/bin/sh\necho "${prints}"\n`;

function install(path: string, prints: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, program(prints));
  chmodSync(path, 0o755);
  return path;
}

function sources(pinned: Record<string, string> = {}): Sources {
  return {
    sites: {
      hashicorp: `${site.url}/hashicorp`,
      pulumi: `${site.url}/pulumi`,
      "pulumi-plugin": `${site.url}/plugins`,
      fabio: `${site.url}/fabio`,
    },
    pinned,
  };
}

/** Puts a release where the vendor would. */
function publish(name: (typeof toolNames)[number], version: string, content: Buffer | string): void {
  const { site: siteName, path, checksums } = recipes[name].artifact(version, platform);
  const file = path.split("/").pop();
  site.files.set(`/${siteName}/${path}`, content);
  site.files.set(`/${siteName}/${checksums}`, `${sha256(content)}  ${file}\n`);
}

describe("installed", () => {
  test("a tool of the pinned version on the PATH is used", async () => {
    const path = install(join(folder, "bin/nomad"), `Nomad v${pinnedVersion("nomad")}`);
    const version = pinnedVersion("nomad");
    expect(await ensureTool("nomad", { report })).toEqual({ name: "nomad", version, path, origin: "installed" });
    expect(messages).toEqual([]);
  });

  test.each([
    ["v3.248.0", true],
    ["v3.999.1", true],
    ["v3.247.9", false],
    ["v4.0.0", false],
  ])("of Pulumi %s: %s", async (version, suits) => {
    process.env.HASHISTACK_TOOLS = "installed";
    install(join(folder, "bin/pulumi"), version);
    const found = ensureTool("pulumi", { report });
    if (suits) await expect(found).resolves.toMatchObject({ version: version.slice(1), origin: "installed" });
    else await expect(found).rejects.toThrow("on the PATH there is no pulumi");
  });

  test("an exact version that is asked for is no other one", async () => {
    process.env.HASHISTACK_TOOLS = "installed";
    install(join(folder, "bin/pulumi"), "v3.249.0");
    await expect(ensureTool("pulumi", { report, version: "3.250.0" })).rejects.toThrow("no pulumi 3.250.0");
  });

  test("a later one on the PATH that suits is found behind a first that does not or cannot run", async () => {
    process.env.PATH = ["one", "two", "three"].map((name) => join(folder, name)).join(":");
    install(join(folder, "one/consul"), "Consul v1.0.0");
    mkdirSync(join(folder, "two/consul"), { recursive: true });
    const path = install(join(folder, "three/consul"), `Consul v${pinnedVersion("consul")}\nProtocol 2`);
    expect(await ensureTool("consul", { report })).toMatchObject({ path, origin: "installed" });
  });

  test("links of the same name are followed, so that a link in the project's folder is not told to point at itself", async () => {
    const path = install(join(folder, "opt/consul"), `Consul v${pinnedVersion("consul")}`);
    symlinkSync(path, join(folder, "bin/consul"));
    expect(await ensureTool("consul", { report })).toMatchObject({ path });
  });

  test("a version manager's link is run under the tool's name", async () => {
    install(join(folder, "opt/manager"), `Consul v${pinnedVersion("consul")}`);
    symlinkSync(join(folder, "opt/manager"), join(folder, "bin/consul"));
    expect(await ensureTool("consul", { report })).toMatchObject({ path: join(folder, "bin/consul") });
  });

  test("a program of the project's own cache on the PATH is not an installed one", async () => {
    process.env.HASHISTACK_TOOLS = "installed";
    symlinkSync(
      install(join(folder, "cache/x/consul"), `Consul v${pinnedVersion("consul")}`),
      join(folder, "bin/consul"),
    );
    await expect(ensureTool("consul", { report })).rejects.toThrow("on the PATH there is no consul");
  });
});

describe("download", () => {
  test.each([
    ["nomad", "Nomad v9.8.7", "nomad", async (text: string) => zip({ nomad: text, "LICENSE.txt": "" })],
    ["consul", "Consul v9.8.7", "consul", async (text: string) => zip({ consul: text })],
    [
      "pulumi",
      "v9.8.7",
      "pulumi/pulumi",
      (text: string) => tarGz({ "pulumi/pulumi": text, "pulumi/pulumi-language-nodejs": "" }),
    ],
    ["fabio", "9.8.7 go1.26.8", undefined, async (text: string) => Buffer.from(text)],
  ] as const)(
    "%s of a release is used, and then from the cache without a question",
    async (name, prints, place, make) => {
      publish(name, "9.8.7", await make(program(prints)));
      const options = { report, version: "9.8.7", sources: sources(), limits };
      const tool = await ensureTool(name, options);
      expect(tool).toMatchObject({ name, version: "9.8.7", origin: "downloaded" });
      expect(tool.path.startsWith(join(folder, "cache"))).toBe(true);
      if (place) expect(tool.path.endsWith(`/${place}`)).toBe(true);
      if (name === "pulumi") expect(readdirSync(dirname(tool.path))).toContain("pulumi-language-nodejs");

      await site.close();
      expect(await ensureTool(name, options)).toEqual(tool);
      site = await startSite();
    },
  );

  test("a mirror's variable takes the vendor's place", async () => {
    publish("nomad", "9.8.7", zip({ nomad: program("Nomad v9.8.7") }));
    process.env.HASHISTACK_HASHICORP_MIRROR = `${site.url}/hashicorp/`;
    expect(await ensureTool("nomad", { report, version: "9.8.7", limits })).toMatchObject({ origin: "downloaded" });
    expect(site.asked[0]).toBe("/hashicorp/nomad/9.8.7/nomad_9.8.7_SHA256SUMS");
  });

  test("a release that is not what was published ends the run: nothing else is tried, nothing kept", async () => {
    publish("nomad", pinnedVersion("nomad"), zip({ nomad: program("Nomad v9.8.7") }));
    const { path } = recipes.nomad.artifact(pinnedVersion("nomad"), platform);
    site.files.set(`/hashicorp/${path}`, zip({ nomad: "something else" }));
    await expect(ensureTool("nomad", { report, sources: sources(), limits })).rejects.toThrow(
      "its published checksum file says",
    );
    expect(readdirSync(join(folder, "cache")).filter((name) => !name.startsWith("."))).toEqual([]);
  });

  test("a pin that is set later asks for the release again and refuses it", async () => {
    publish("nomad", "9.8.7", zip({ nomad: program("Nomad v9.8.7") }));
    const { path } = recipes.nomad.artifact("9.8.7", platform);
    const options = { report, version: "9.8.7", limits };
    await ensureTool("nomad", { ...options, sources: sources() });
    const pinned = { [path.split("/").pop() ?? ""]: sha256("pinned") };
    await expect(ensureTool("nomad", { ...options, sources: sources(pinned) })).rejects.toThrow("sources.json pins");
  });

  test("a release whose program says another version is refused", async () => {
    publish("nomad", "9.8.7", zip({ nomad: program("Nomad v9.8.6") }));
    const found = ensureTool("nomad", { report, version: "9.8.7", sources: sources(), limits });
    await expect(found).rejects.toThrow("says it is version 9.8.6, 9.8.7 was expected");
  });
});

describe("without a way", () => {
  test("every way and its failure is named, and what can be done", async () => {
    const error = await ensureTool("nomad", { report, sources: sources(), limits }).catch((cause: Error) => cause);
    const version = pinnedVersion("nomad");
    expect((error as Error).message.split("\n")).toEqual([
      `nomad ${version} is needed and could not be had:`,
      `  - on the PATH there is no nomad ${version}`,
      `  - ${site.url}/hashicorp/nomad/${version}/nomad_${version}_SHA256SUMS answered 404 Not Found`,
      "  - it cannot be built, because there is no Go: install Go 1.26 or newer",
      `Put nomad ${version} on the PATH, or set a mirror that has it (see offline/toolchain/README.md).`,
    ]);
    expect(messages).toEqual([expect.stringContaining("answered 404")]);
  });

  test("another version than go.mod's cannot be built; both are named", async () => {
    process.env.HASHISTACK_TOOLS = "build";
    const found = ensureTool("consul", { report, version: "1.0.0" });
    await expect(found).rejects.toThrow(/consul 1\.0\.0 is needed.*\n.*can be built here is \d+\.\d+\.\d+/);
    expect(site.asked).toEqual([]);
  });

  test("HASHISTACK_TOOLS forbids what it does not list, and takes only words that it knows", async () => {
    install(join(folder, "bin/nomad"), `Nomad v${pinnedVersion("nomad")}`);
    process.env.HASHISTACK_TOOLS = "download";
    await expect(ensureTool("nomad", { report, sources: sources(), limits })).rejects.toThrow("answered 404");
    process.env.HASHISTACK_TOOLS = "build,brew";
    await expect(ensureTool("nomad", { report })).rejects.toThrow('HASHISTACK_TOOLS: "brew" is no way to get a tool');
  });
});
