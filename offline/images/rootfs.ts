import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { aptClosure, aptDownload, type DebianPackage } from "../apt";
import { cached } from "../cache";
import { run } from "../command";
import type { Report } from "../report";
import { ensureTool } from "../toolchain";
import { type ImageRecipe, recipeHash } from "./recipe";

/** An image's whole file system, in one archive. */
export interface Rootfs {
  readonly archive: string;
  /** Version of what it is made for. */
  readonly version: string;
}

/** Packages that only packages' own scripts need, and those are not run. */
const scriptsOnly =
  /^(adduser|cdebconf|debconf|dpkg|init-system-helpers|iproute2|libcap2-bin|libpam-modules.*|libperl.*|lib.*-perl|lsb-base|openssl|passwd|perl.*|sysvinit-utils|tar|usrmerge|usr-is-merged)$/;

/** Since 2023 distributions keep no program outside of /usr, and their archives need these links to be there first. */
const mergedFolders = ["bin", "sbin", "lib", "lib64"];

/** The file system of an image, made once a machine for each recipe. */
export async function ensureRootfs(recipe: ImageRecipe, tag: string, report: Report): Promise<Rootfs> {
  const name = [recipe.image.replace("/", "_"), ...(recipe.tool ? [tag] : [])].join("-");
  const folder = await cached(
    `image-${name}-${recipeHash(recipe, tag)}`,
    (directory) => make(recipe, tag, directory, report),
    report,
  );
  return {
    archive: join(folder, "rootfs.tar"),
    version: (await readFile(join(folder, "version"), "utf8")).trim(),
  };
}

async function make(recipe: ImageRecipe, tag: string, directory: string, report: Report): Promise<void> {
  const tool = recipe.tool && (await ensureTool(recipe.tool, { version: tag, report }));
  const scratch = join(directory, "scratch");
  const root = join(scratch, "root");
  await mkdir(root, { recursive: true });
  await layOut(root);
  const packages = await unpackPackages(recipe, scratch, root, report);
  await prune(root);
  await addApplets(root);
  await addCertificates(root);
  if (tool) {
    await copyFile(tool.path, join(root, "bin", tool.name));
    await chmod(join(root, "bin", tool.name), 0o755);
  }
  await addFiles(recipe, root);
  report(`${recipe.image}: writing its file system`);
  // Fixed order, times and owners: the same packages give the same archive.
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  await run("tar", [...fixed, "-C", root, "-cf", join(directory, "rootfs.tar"), "."]);
  await writeFile(join(directory, "version"), `${tool ? tag : versionIn(recipe, packages)}\n`);
  await rm(scratch, { recursive: true });
}

/** Version of the package that the image is named after, without epoch and distribution's revision. */
function versionIn({ image, versionOf }: ImageRecipe, packages: readonly DebianPackage[]): string {
  const found = packages.find(({ name }) => name === versionOf?.package)?.version ?? "";
  const version = found.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
  if (versionOf && !version.startsWith(versionOf.prefix)) {
    throw new Error(
      `A stand-in for ${image} needs the package ${versionOf.package} ${versionOf.prefix}*, and this distribution has ` +
        `${version || "none"}. Let the engine reach the image's registry, or load the image (docker load).`,
    );
  }
  return version;
}

async function layOut(root: string): Promise<void> {
  for (const name of mergedFolders) {
    await mkdir(join(root, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  for (const name of ["dev", "etc", "proc", "run", "sys", "tmp", "var/tmp"]) {
    await mkdir(join(root, name), { recursive: true });
  }
  await symlink("/run", join(root, "var/run"));
  await chmod(join(root, "tmp"), 0o1777);
  await chmod(join(root, "var/tmp"), 0o1777);
}

async function unpackPackages(
  recipe: ImageRecipe,
  scratch: string,
  root: string,
  report: Report,
): Promise<DebianPackage[]> {
  const closure = await aptClosure(recipe.packages, scratch, report);
  const packages = closure.filter(({ name }) => !scriptsOnly.test(name));
  versionIn(recipe, packages);
  report(`${recipe.image}: fetching ${packages.length} Debian packages`);
  const debs = join(scratch, "debs");
  await mkdir(debs);
  await aptDownload(packages, debs, report);
  // `dpkg -x` would put folders where the links of /usr are.
  const unpack = 'set -o pipefail; dpkg --fsys-tarfile "$0" | tar -x --keep-directory-symlink --no-same-owner -C "$1"';
  for (const deb of (await readdir(debs)).sort()) {
    await run("bash", ["-c", unpack, join(debs, deb), root]);
  }
  return packages;
}

async function prune(root: string): Promise<void> {
  for (const name of [
    "bash-completion",
    "bug",
    "doc",
    "doc-base",
    "info",
    "lintian",
    "locale",
    "man",
    "perl",
    "perl5",
  ]) {
    await rm(join(root, "usr/share", name), { recursive: true, force: true });
  }
  await rm(join(root, "usr/lib/systemd"), { recursive: true, force: true });
}

/** Busybox under the names of all that it can do, except where a package brings the real one. */
async function addApplets(root: string): Promise<void> {
  for (const path of (await run(join(root, "bin/busybox"), ["--list-full"])).split("\n").filter(Boolean)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const places = ["bin", "sbin"].map((folder) => join(root, folder, name));
    if (!places.some((place) => existsSync(place))) {
      await symlink(
        /(^|\/)sbin\//.test(path) ? "../bin/busybox" : "busybox",
        join(root, /(^|\/)sbin\//.test(path) ? "sbin" : "bin", name),
      );
    }
  }
}

/** Does what the package's own script would. */
async function addCertificates(root: string): Promise<void> {
  const folder = join(root, "usr/share/ca-certificates/mozilla");
  if (!existsSync(folder)) {
    return;
  }
  const certificates = await Promise.all((await readdir(folder)).sort().map((file) => readFile(join(folder, file))));
  const bundle = join(root, "etc/ssl/certs/ca-certificates.crt");
  await mkdir(dirname(bundle), { recursive: true });
  await writeFile(bundle, Buffer.concat(certificates));
}

async function addFiles(recipe: ImageRecipe, root: string): Promise<void> {
  for (const directory of recipe.directories) {
    await mkdir(join(root, directory), { recursive: true });
  }
  for (const [path, { content, mode }] of Object.entries(recipe.files)) {
    await put(join(root, path));
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode ?? 0o644);
  }
  for (const [path, target] of Object.entries(recipe.links)) {
    await put(join(root, path));
    await symlink(target, join(root, path));
  }
}

/** Makes place for a file: a link of a package must not be written through, out of the image. */
async function put(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
}
