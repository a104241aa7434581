import { build } from "esbuild";

test.each([
  "components/health/main.ts",
  "components/consul/acl/main.ts",
  "components/consul/forget/main.ts",
  "components/nomad/acl/main.ts",
  "components/nomad/drain/main.ts",
])("%s, which runs many times in an update, loads no package but what Node.js brings", async (entry) => {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: "nowhere",
    metafile: true,
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  const loaded = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(loaded.filter((path) => !path.startsWith("node:"))).toEqual([]);
});
