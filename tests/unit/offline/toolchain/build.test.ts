import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ensureTool, pinnedVersion, toolNames } from "../../../../offline/toolchain";
import { buildArguments, buildKey, type GoSettings, progress, safeGoFlags } from "../../../../offline/toolchain/build";
import { moduleFolder, recipes, versionIn } from "../../../../offline/toolchain/recipes";

const go: GoSettings = { GOVERSION: "go1.26.8", GOHOSTOS: "linux", GOHOSTARCH: "amd64", GOFLAGS: "", CC: "gcc" };

test.each([
  ["pulumi", "3.250.0"],
  ["consul", "1.22.7"],
  ["nomad", "1.11.3"],
  ["fabio", "1.7.2"],
  ["vault", "1.21.0"],
] as const)(
  "%s is pinned to %s by its go.mod, which keeps its main package and whose sums are committed",
  (name, version) => {
    expect(pinnedVersion(name)).toBe(version);
    const goMod = readFileSync(join(moduleFolder(name), "go.mod"), "utf8");
    expect(goMod).toMatch(new RegExp(`^tool ${recipes[name].package}$`, "m"));
    const sums = readFileSync(join(moduleFolder(name), "go.sum"), "utf8");
    expect(sums).toContain(`${recipes[name].module} v${version} h1:`);
  },
);

test("a Nomad that is linked statically does not look users and hosts up through the C library", () => {
  expect(buildArguments(recipes.nomad, "1.11.3", "static")).toEqual([
    "build",
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags=-s -w -linkmode external -extldflags=-static",
    "-tags=ui,release,osusergo,netgo",
  ]);
  expect(buildArguments(recipes.nomad, "1.11.3", "dynamic")).toEqual(
    expect.arrayContaining(["-ldflags=-s -w", "-tags=ui,release"]),
  );
});

test("Pulumi is told its version by the linker", () => {
  expect(buildArguments(recipes.pulumi, "3.250.0", "dynamic")).toContain(
    "-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0",
  );
});

test("another Go, platform or flag is another build, the same are the same", async () => {
  const keys = await Promise.all([
    ...toolNames.map((name) => buildKey(recipes[name], go)),
    buildKey(recipes.nomad, { ...go, GOVERSION: "go1.27.0" }),
    buildKey(recipes.nomad, { ...go, GOHOSTARCH: "arm64" }),
    buildKey(recipes.nomad, { ...go, GOFLAGS: "-race" }),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(await buildKey(recipes.nomad, { ...go, GOFLAGS: " -mod=vendor " })).toBe(await buildKey(recipes.nomad, go));
});

test.each([
  ["", ""],
  ["-buildvcs=false -mod=vendor", "-buildvcs=false"],
  ["--mod=mod -modfile=/x/go.mod -modcacherw -overlay=o.json", "-modcacherw"],
])("of the flags %j these stay: %j", (given, kept) => {
  expect(safeGoFlags(given)).toBe(kept);
});

test.each([
  ["v3.250.0\n", "3.250.0"],
  ["Consul v1.22.7\nBuild Date 1970-01-01T00:00:01Z\nProtocol 2 spoken by default\n", "1.22.7"],
  ["Nomad v1.12.0-beta.1+ent\nRevision abc", "1.12.0-beta.1+ent"],
  ["1.7.2 go1.26.8", "1.7.2"],
  ["Vault v1.21.0, built 2025-10-21T00:00:00Z\n", "1.21.0"],
  ["warning: a new version of Pulumi is available\n", undefined],
])("the version in %j is %j", (output, version) => {
  expect(versionIn(output)).toBe(version);
});

test("progress tells what is done, and how long it takes", () => {
  expect(progress("nomad", { downloaded: 0, compiled: 412 }, 35)).toBe("nomad: 412 packages compiled, 35 s");
  expect(progress("nomad", { downloaded: 9, compiled: 0 }, 10)).toBe(
    "nomad: 9 modules downloaded, 0 packages compiled, 10 s",
  );
});

describe("with a go command of the test's own", () => {
  const before = { ...process.env };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hs-test-build-"));
    mkdirSync(join(folder, "bin"));
    process.env = {
      ...before,
      PATH: [join(folder, "bin"), before.PATH].join(delimiter),
      HASHISTACK_CACHE: join(folder, "cache"),
      HASHISTACK_TOOLS: "build",
    };
  });

  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true, force: true });
  });

  function goThat(builds: string): void {
    const script = `#!/bin/sh
if [ "$1" = env ]; then echo '${JSON.stringify(go)}'; exit; fi
echo "$CGO_ENABLED $GOOS $GOWORK" >> ${folder}/settings
for out; do case $out in -o=*) program=\${out#-o=} ;; esac; done
${builds}
`;
    writeFileSync(join(folder, "bin/go"), script);
    chmodSync(join(folder, "bin/go"), 0o755);
  }

  const printing = (version: string) =>
    `printf '#!/bin/sh\\necho ${version} go1.26.8\\n' > $program; chmod +x $program`;

  test("a program that was built is kept and not built again", async () => {
    goThat(printing("1.7.2"));
    const messages: string[] = [];
    const report = (message: string) => void messages.push(message);
    const tool = await ensureTool("fabio", { report });
    expect(tool).toMatchObject({ version: "1.7.2", origin: "built" });
    expect(messages).toEqual([
      "building fabio 1.7.2 from its Go modules with go1.26.8: some minutes, once a machine",
      "fabio 1.7.2 built in 0 s",
    ]);
    goThat("exit 1");
    expect(await ensureTool("fabio", { report })).toEqual(tool);
    expect(readFileSync(join(folder, "settings"), "utf8")).toBe("0 linux off\n");
  });

  test("a build that fails shows the compiler's words, without the list of packages, and leaves nothing", async () => {
    goThat("echo github.com/fabiolb/fabio/route >&2; echo 'main.go:3:1: syntax error' >&2; exit 2");
    const found = ensureTool("fabio", { report: () => undefined });
    await expect(found).rejects.toThrow(
      /^building fabio failed \(exit code 2\) in .*\/fabio:\nmain.go:3:1: syntax error$/,
    );
    expect(existsSync(join(folder, "cache", ".staging"))).toBe(true);
    await expect(ensureTool("fabio", { report: () => undefined })).rejects.toThrow("exit code 2");
  });

  test("a program that says another version is not kept", async () => {
    goThat(printing("1.7.1"));
    const found = ensureTool("fabio", { report: () => undefined });
    await expect(found).rejects.toThrow("says it is version 1.7.1, 1.7.2 was expected");
  });
});
