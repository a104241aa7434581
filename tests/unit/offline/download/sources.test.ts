import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseChecksums } from "../../../../offline/download/checksums";
import { mirrorVariable, readSources, siteNames } from "../../../../offline/download/sources";

test("the committed sources are the vendors' own sites", () => {
  expect(readSources({}).sites).toEqual({
    hashicorp: "https://releases.hashicorp.com",
    pulumi: "https://get.pulumi.com/releases/sdk",
    "pulumi-plugin": "https://github.com/pulumi",
    fabio: "https://github.com/fabiolb/fabio/releases/download",
  });
});

test.each(siteNames)("a mirror takes the place of %s alone", (name) => {
  const { sites } = readSources({ [mirrorVariable(name)]: "http://mirror.example:8080/files/" });
  expect(sites).toEqual({ ...readSources({}).sites, [name]: "http://mirror.example:8080/files" });
});

test("mirror variables have the names that people are told", () => {
  expect(siteNames.map(mirrorVariable)).toEqual([
    "HASHISTACK_HASHICORP_MIRROR",
    "HASHISTACK_PULUMI_MIRROR",
    "HASHISTACK_PULUMI_PLUGIN_MIRROR",
    "HASHISTACK_FABIO_MIRROR",
  ]);
});

test("everything that is wrong is told at once, each with its place", () => {
  const folder = mkdtempSync(join(tmpdir(), "hs-test-sources-"));
  const file = join(folder, "sources.json");
  const sites = { ...readSources({}).sites, pulumi: "ftp://example.com", other: "https://example.com" };
  writeFileSync(file, JSON.stringify({ sites, pinned: { "a.zip": "abc" } }));
  try {
    const wrong = () => readSources({ HASHISTACK_FABIO_MIRROR: "mirror.example" }, file);
    expect(wrong).toThrow(`${file}: sites.pulumi: expected a URL`);
    expect(wrong).toThrow(/sites: .*"other"/);
    expect(wrong).toThrow(`${file}: pinned.a.zip: expected a SHA-256 sum`);
    expect(wrong).toThrow(
      'HASHISTACK_FABIO_MIRROR: expected a URL that begins with https:// or http://, not "mirror.example"',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a list of checksums is read in the forms that sha256sum writes", () => {
  const [a, b, c] = ["a".repeat(64), "B".repeat(64), "c".repeat(64)];
  const list = `# sums\n${a}  one.zip\n${b} *two.zip\r\n${c}  dist/three.zip\n\nnot-a-sum  four.zip\n`;
  expect([...parseChecksums(list)]).toEqual([
    ["one.zip", a],
    ["two.zip", b.toLowerCase()],
    ["three.zip", c],
  ]);
});
