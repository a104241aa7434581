import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Report } from "../report";
import { checkSum, checksumOf } from "./checksums";
import { defaultLimits, downloadFile, downloadText, type Limits } from "./http";
import { readSources, type SiteName, type Sources } from "./sources";
import { unpack } from "./unpack";

export { ChecksumError, defaultLimits, type Limits, probe, UnavailableError } from "./http";
export { mirrorVariable, readSources, type SiteName, type Sources, siteNames } from "./sources";

/** A published file: an archive or a program. Paths are those below the site's address, or below a mirror's. */
export interface Artifact {
  readonly site: SiteName;
  readonly path: string;
  /** The list of SHA-256 sums published with it. */
  readonly checksums: string;
}

export interface FetchOptions {
  readonly report: Report;
  /** @default sources.json with the mirrors of the environment */
  readonly sources?: Sources;
  readonly limits?: Limits;
}

/** The address that an artifact is downloaded from. */
export function urlOf(artifact: Artifact, sources: Sources): string {
  return `${sources.sites[artifact.site]}/${artifact.path}`;
}

/**
 * Downloads a published file, checks it against the published sum and a pinned one, and unpacks it into a folder.
 * Nothing of it is unpacked before it was checked.
 *
 * @throws UnavailableError where the site does not answer or has not got it: another way may be tried.
 * @throws ChecksumError where it is not what was published or pinned.
 */
export async function fetchArtifact(artifact: Artifact, directory: string, options: FetchOptions): Promise<void> {
  const sources = options.sources ?? readSources();
  const limits = options.limits ?? defaultLimits;
  const file = basename(artifact.path);
  const listUrl = `${sources.sites[artifact.site]}/${artifact.checksums}`;
  // The list is asked for first: it is small, so a site that is not there is found out soon.
  const published = checksumOf(file, await downloadText(listUrl, limits), listUrl);

  const downloads = join(directory, ".download");
  await mkdir(downloads, { recursive: true });
  try {
    options.report(`downloading ${urlOf(artifact, sources)}`);
    await downloadFile(
      urlOf(artifact, sources),
      join(downloads, file),
      options.report,
      ({ sha256 }) => checkSum(file, sha256, { published, pinned: sources.pinned[file] }),
      limits,
    );
    await unpack(join(downloads, file), directory);
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}
