import { parseChecksums } from "../../../offline/download/checksums";
import { recipes } from "../../../offline/toolchain/recipes";
import { renderIndex, renderRelease } from "../../lab/aptIndex";
import { sumsOf } from "../../lab/debs";
import { hubName, manifestType, renderDigests, renderManifest } from "../../lab/registry";
import { fabioRelease, hashicorpRelease, renderSums } from "../../lab/releases";
import { vendorFiles } from "../../lab/vendorPackage";

const sums = { size: 3, md5: "0".repeat(32), sha256: "1".repeat(64) };

describe("the mirror of releases", () => {
  // Their own recipes tell where the toolchain downloads from the vendors.
  test.each(["consul", "nomad"] as const)("has %s where its vendor has it", (product) => {
    const { path, checksums } = recipes[product].artifact("1.2.3", { os: "linux", cpu: "x64" });
    expect(hashicorpRelease(product, "1.2.3", "amd64")).toEqual({
      archive: path,
      sums: checksums,
      signature: `${checksums}.sig`,
    });
  });

  test("has Fabio as GitHub does, in a folder of its own", () => {
    const { path, checksums } = recipes.fabio.artifact("1.7.2", { os: "linux", cpu: "x64" });
    expect(fabioRelease("1.7.2", "amd64")).toEqual({ archive: `fabio/${path}`, sums: `fabio/${checksums}` });
  });

  test("lists sums that can be read back", () => {
    const text = renderSums({ "a.zip": "a".repeat(64), "b.zip": "b".repeat(64) });
    expect(text).toBe(`${"a".repeat(64)}  a.zip\n${"b".repeat(64)}  b.zip\n`);
    expect([...parseChecksums(text).keys()]).toEqual(["a.zip", "b.zip"]);
  });
});

describe("the repository of packages", () => {
  test("lists packages in a fixed order, a paragraph each, with sums and place", () => {
    const one = { control: "Package: one\nVersion: 1\n", path: "pool/one_1.deb", ...sums };
    const two = { control: "Package: two\nDescription: two\n more of it", path: "pool/two_1.deb", ...sums };
    const text = renderIndex([two, one]);
    expect(text).toBe(renderIndex([one, two]));
    expect(text.split("\n\n").filter(Boolean)).toEqual([
      `Package: one\nVersion: 1\nFilename: pool/one_1.deb\nSize: 3\nMD5sum: ${sums.md5}\nSHA256: ${sums.sha256}`,
      `Package: two\nDescription: two\n more of it\nFilename: pool/two_1.deb\nSize: 3\nMD5sum: ${sums.md5}\nSHA256: ${sums.sha256}`,
    ]);
  });

  test("says in Release what is signed: its lists with their sums, and a date in the form that apt reads", () => {
    const text = renderRelease({
      origin: "Debian",
      suite: "bookworm",
      architecture: "amd64",
      date: new Date("2026-11-05T07:08:09.123Z"),
      files: [{ path: "main/binary-amd64/Packages", ...sumsOf(Buffer.from("abc")) }],
    });
    expect(text).toContain("\nCodename: bookworm\n");
    expect(text).toContain("\nDate: Thu, 05 Nov 2026 07:08:09 UTC\n");
    expect(text).toContain("\nMD5Sum:\n 900150983cd24fb0d6963f7d28e17f72 3 main/binary-amd64/Packages\n");
    expect(text).toContain(
      "\nSHA256:\n ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 main/binary-amd64/Packages\n",
    );
  });

  test.each(["consul", "nomad"] as const)(
    "has a package of %s that names its files as its vendor's does",
    (product) => {
      const files = vendorFiles(product, { version: "1.2.3-1", architecture: "amd64" });
      expect(files["DEBIAN/control"]?.content).toMatch(
        new RegExp(`^Package: ${product}\nVersion: 1\\.2\\.3-1\n(.*\n)*Architecture: amd64\n`),
      );
      expect(files["DEBIAN/postinst"]?.mode).toBe(0o755);
      expect(files[`lib/systemd/system/${product}.service`]?.content).toContain(`ExecStart=/usr/bin/${product} agent`);
      for (const path of files["DEBIAN/conffiles"]?.content.trim().split("\n") ?? []) {
        expect(Object.keys(files)).toContain(path.slice(1));
      }
    },
  );
});

describe("the registry of images", () => {
  test.each([
    ["nginx:alpine", { repository: "library/nginx", tag: "alpine" }],
    ["hashicorp/nomad:1.11.3", { repository: "hashicorp/nomad", tag: "1.11.3" }],
    ["docker.io/library/redis:7", { repository: "library/redis", tag: "7" }],
  ])("has %s under the name that engines ask mirrors for", (reference, name) => {
    expect(hubName(reference)).toEqual(name);
  });

  test("refuses what engines ask no mirror for", () => {
    expect(() => hubName("ghcr.io/a/b:1")).toThrow("ghcr.io/a/b:1 is no image of Docker Hub");
  });

  test("tells of an image's blobs whether they are packed", () => {
    const config = { digest: "sha256:c", size: 1 };
    const layers = [
      { digest: "sha256:a", size: 2, packed: false },
      { digest: "sha256:b", size: 3, packed: true },
    ];
    const manifest = JSON.parse(renderManifest(config, layers)) as Record<string, unknown>;
    expect(manifest).toMatchObject({ schemaVersion: 2, mediaType: manifestType, config });
    expect(manifest.layers).toEqual([
      { mediaType: "application/vnd.docker.image.rootfs.diff.tar", digest: "sha256:a", size: 2 },
      { mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", digest: "sha256:b", size: 3 },
    ]);
  });

  test("maps a manifest's path to its digest", () => {
    expect(renderDigests(new Map([["/v2/library/nginx/manifests/alpine", "sha256:a"]]))).toBe(
      '"/v2/library/nginx/manifests/alpine" "sha256:a";\n',
    );
  });
});
