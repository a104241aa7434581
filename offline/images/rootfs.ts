import { existsSync } from "node:fs";
import { appendFile, chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { aptList } from "../apt";
import { cached } from "../cache";
import { run } from "../command";
import type { Report } from "../report";
import { ensureTool } from "../toolchain";
import { type ImageRecipe, recipeHash } from "./recipes";

/** Packages that are there for maintainer scripts, which are not run. */
const left = /^(perl|debconf|cdebconf|libperl|lsb-base|sysvinit|init-system|adduser|passwd|openssl$)/;

/** The tar archive of an image's whole file system, made once for each recipe. */
export async function ensureRootfs(recipe: ImageRecipe, tag: string, report: Report): Promise<string> {
  const folder = await cached(
    `image-${recipe.title}-${tag}-${recipeHash(recipe, tag)}`,
    async (directory) => {
      const root = join(directory, "root");
      await mkdir(root);
      await unpackPackages(recipe, directory, root, report);
      await finish(recipe, tag, root, report);
      report(`${recipe.title}: writing its archive`);
      // Fixed order, times and owners: the same packages give the same archive.
      const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
      await run("tar", [...fixed, "-C", root, "-cf", join(directory, "rootfs.tar"), "."]);
      await rm(root, { recursive: true });
    },
    report,
  );
  return join(folder, "rootfs.tar");
}

async function unpackPackages(recipe: ImageRecipe, directory: string, root: string, report: Report): Promise<void> {
  const debs = join(directory, "debs");
  await mkdir(debs);
  const names = (await aptList(recipe.packages, report)).filter((name) => !left.test(name));
  report(`${recipe.title}: fetching ${names.length} Debian packages`);
  await run("apt-get", ["-o", "APT::Sandbox::User=root", "download", ...names], { cwd: debs });
  for (const deb of (await readdir(debs)).sort()) {
    await run("dpkg", ["-x", join(debs, deb), root]);
  }
  await rm(debs, { recursive: true });
}

async function finish(recipe: ImageRecipe, tag: string, root: string, report: Report): Promise<void> {
  for (const unused of ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/bash-completion"]) {
    await rm(join(root, unused), { recursive: true, force: true });
  }
  for (const directory of recipe.directories) {
    await mkdir(join(root, directory), { recursive: true });
  }
  await chmod(join(root, "tmp"), 0o1777);
  const busybox = join(root, "bin/busybox");
  for (const applet of (await run(busybox, ["--list"])).split("\n").filter(Boolean)) {
    if (!existsSync(join(root, "bin", applet))) {
      await symlink("busybox", join(root, "bin", applet));
    }
  }
  await bundleCertificates(root);
  for (const [path, content] of Object.entries(recipe.files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await rm(join(root, path), { force: true });
    await writeFile(join(root, path), content);
  }
  if (recipe.tool) {
    const { path } = await ensureTool(recipe.tool, { version: tag, report });
    await copyFile(path, join(root, "bin", recipe.tool));
    await chmod(join(root, "bin", recipe.tool), 0o755);
  }
}

/** The package's own script, which would do this, is not run. */
async function bundleCertificates(root: string): Promise<void> {
  const folder = join(root, "usr/share/ca-certificates/mozilla");
  if (!existsSync(folder)) {
    return;
  }
  const bundle = join(root, "etc/ssl/certs/ca-certificates.crt");
  await mkdir(dirname(bundle), { recursive: true });
  for (const file of (await readdir(folder)).sort()) {
    await appendFile(bundle, await readFile(join(folder, file)));
  }
}
