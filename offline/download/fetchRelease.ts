import { chmod, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../command";
import type { Report } from "../report";
import { checksumIn, download, fetchText, probe, WrongChecksum } from "./download";
import { pinnedChecksum, type Release } from "./releases";

/**
 * Downloads a release into a folder and takes its binaries out, checked against the published list and, where one is
 * configured, the pinned checksum. False where the site does not answer or does not have that release; an answer that
 * does not fit its checksum is an error.
 */
export async function fetchRelease(release: Release, directory: string, report: Report): Promise<boolean> {
  const listUrl = `${release.base}/${release.checksums}`;
  if (!(await probe(listUrl))) {
    return false;
  }
  const list = await fetchText(listUrl);
  if (list === undefined) {
    return false;
  }
  const url = `${release.base}/${release.file}`;
  const published = checksumIn(list, release.file);
  if (published === undefined) {
    throw new Error(`${listUrl} names no checksum for ${release.file}: the file cannot be trusted and was not used.`);
  }
  const pinned = pinnedChecksum(release.file);
  if (pinned !== undefined && pinned !== published) {
    throw new WrongChecksum(url, pinned, published);
  }

  const archive = join(directory, release.file);
  report(`downloading ${url}`);
  await download(url, archive, { sha256: published, report });
  await unpack(archive, release, directory);
  return true;
}

async function unpack(archive: string, { file, members }: Release, directory: string): Promise<void> {
  if (members.length === 0) {
    const name = file.split("-")[0] ?? file;
    await rename(archive, join(directory, name));
    await chmod(join(directory, name), 0o755);
    return;
  }
  if (file.endsWith(".zip")) {
    // Node.js reads no zip archives, and Python's module is on every Debian that has no unzip.
    await run("sh", [
      "-c",
      'unzip -oq "$0" -d "$1" 2>/dev/null || python3 -m zipfile -e "$0" "$1"',
      archive,
      directory,
    ]);
  } else {
    await run("tar", ["-xzf", archive, "-C", directory, ...members]);
    for (const member of members) {
      await rename(join(directory, member), join(directory, `${basename(member)}.new`));
    }
    await rm(join(directory, members[0]?.split("/")[0] ?? ""), { recursive: true, force: true });
    for (const member of members) {
      await rename(join(directory, `${basename(member)}.new`), join(directory, basename(member)));
    }
  }
  for (const member of members) {
    await chmod(join(directory, basename(member)), 0o755);
  }
  await rm(archive);
}
