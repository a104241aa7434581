import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { aptInstall } from "../../offline/apt";
import { cached } from "../../offline/cache";
import { run } from "../../offline/command";
import { hashOf } from "../../offline/hash";
import type { Report } from "../../offline/report";
import { ensureTool, type Tool } from "../../offline/toolchain";
import { sumsOfFile } from "./debs";
import { type Distribution, layOutDists } from "./packages";
import { type Vendor, vendorFiles } from "./vendorPackage";

/** Raised whenever the same programs give other files. */
const builderVersion = 1;

/** Where a release lies on its vendor's site, from the site's root. */
export interface ReleaseFiles {
  readonly archive: string;
  /** List of SHA-256 sums, as `sha256sum` writes it. */
  readonly sums: string;
  /** OpenPGP signature of that list, where the vendor makes one. */
  readonly signature?: string;
}

/** Consul's and Nomad's files on releases.hashicorp.com. */
export function hashicorpRelease(product: Vendor, version: string, architecture: string): ReleaseFiles {
  const sums = `${product}/${version}/${product}_${version}_SHA256SUMS`;
  return {
    archive: `${product}/${version}/${product}_${version}_linux_${architecture}.zip`,
    sums,
    signature: `${sums}.sig`,
  };
}

/** Fabio's files on GitHub, below `releases/download`, here below `fabio`. */
export function fabioRelease(version: string, architecture: string): ReleaseFiles {
  const folder = `fabio/v${version}`;
  return { archive: `${folder}/fabio-${version}-linux_${architecture}`, sums: `${folder}/fabio-${version}.sha256` };
}

/** Everything that vendors publish and the lab mirrors: below `releases` and `apt`. Not signed yet. */
export async function ensureReleases(distribution: Distribution, report: Report): Promise<string> {
  const tools: Record<Vendor | "fabio", Tool> = {
    consul: await ensureTool("consul", { report }),
    nomad: await ensureTool("nomad", { report }),
    fabio: await ensureTool("fabio", { report }),
  };
  const programs = await Promise.all(Object.values(tools).map(async ({ path }) => (await sumsOfFile(path)).sha256));
  const key = hashOf(
    JSON.stringify([programs, distribution, vendorFiles("consul"), vendorFiles("nomad")]),
    String(builderVersion),
  );
  return cached(`lab-releases-${key}`, (directory) => make(tools, distribution, directory, report), report);
}

async function make(
  tools: Record<Vendor | "fabio", Tool>,
  distribution: Distribution,
  directory: string,
  report: Report,
): Promise<void> {
  if (!existsSync("/usr/bin/zip")) await aptInstall(["zip"], report);
  const scratch = join(directory, "scratch");
  const releases = join(directory, "releases");
  for (const product of ["consul", "nomad"] as const) {
    const { path, version } = tools[product];
    report(`packing ${product} ${version} as its vendor does`);
    const files = hashicorpRelease(product, version, distribution.architecture);
    const folder = join(scratch, product);
    await put(path, join(folder, product));
    await writeFile(
      join(folder, "LICENSE.txt"),
      `The licence of ${product} ${version} stands here in a real release.\n`,
    );
    await mkdir(dirname(join(releases, files.archive)), { recursive: true });
    await run("zip", ["-q", "-1", "-X", join(releases, files.archive), product, "LICENSE.txt"], { cwd: folder });
    await writeSums(releases, files);
    await makePackage(product, version, path, distribution, join(directory, "apt/hashicorp/pool"), scratch);
  }
  const fabio = fabioRelease(tools.fabio.version, distribution.architecture);
  await put(tools.fabio.path, join(releases, fabio.archive));
  await writeSums(releases, fabio);
  await layOutDists(join(directory, "apt/hashicorp"), { ...distribution, origin: "HashiCorp" });
  await rm(scratch, { recursive: true });
}

async function writeSums(site: string, { archive, sums }: ReleaseFiles): Promise<void> {
  const { sha256 } = await sumsOfFile(join(site, archive));
  await writeFile(join(site, sums), renderSums({ [archive.slice(archive.lastIndexOf("/") + 1)]: sha256 }));
}

/** A list of sums, by file name, as `sha256sum` writes and reads it. */
export function renderSums(sums: Readonly<Record<string, string>>): string {
  return Object.entries(sums)
    .map(([file, sum]) => `${sum}  ${file}\n`)
    .join("");
}

async function makePackage(
  product: Vendor,
  version: string,
  program: string,
  { architecture }: Distribution,
  pool: string,
  scratch: string,
): Promise<void> {
  const folder = join(scratch, `${product}-package`);
  await put(program, join(folder, "usr/bin", product));
  const control = { version: `${version}-1`, architecture };
  for (const [path, { content, mode }] of Object.entries(vendorFiles(product, control))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await chmod(join(folder, path), mode);
  }
  await mkdir(pool, { recursive: true });
  const file = join(pool, `${product}_${control.version}_${architecture}.deb`);
  await run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", folder, file]);
}

async function put(program: string, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await copyFile(program, place);
  await chmod(place, 0o755);
}
