import { ChecksumError, UnavailableError } from "./http";

/**
 * Reads a list of SHA-256 sums as `sha256sum` writes it: a sum, white space, an optional `*` and the file's name.
 * Folders in front of a name are dropped. Lines of another form are no sums and are passed over.
 */
export function parseChecksums(text: string): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const found = /^([0-9a-fA-F]{64})\s+\*?(?:.*\/)?([^/\s]+)\s*$/.exec(line);
    if (found?.[1] && found[2]) sums.set(found[2], found[1].toLowerCase());
  }
  return sums;
}

/** The published sum of one file. @throws UnavailableError where the list does not name it. */
export function checksumOf(file: string, list: string, listUrl: string): string {
  const sum = parseChecksums(list).get(file);
  if (sum) return sum;
  throw new UnavailableError(
    `${listUrl} has no SHA-256 sum for ${file}, so the file cannot be checked and is not used`,
  );
}

/** @throws ChecksumError where a sum differs from the published or the pinned one. */
export function checkSum(
  file: string,
  sha256: string,
  expected: { published: string; pinned?: string | undefined },
): void {
  if (sha256 !== expected.published) {
    throw new ChecksumError(
      `${file} has the SHA-256 sum ${sha256}, its published checksum file says ${expected.published}: the file was damaged or ` +
        "exchanged on the way. Try again; if it stays so, do not use this download site or mirror.",
    );
  }
  if (expected.pinned !== undefined && sha256 !== expected.pinned) {
    throw new ChecksumError(
      `${file} has the SHA-256 sum ${sha256}, offline/download/sources.json pins ${expected.pinned}: the site or mirror now offers ` +
        "another file under this name. Correct the pinned sum only if you know why it changed.",
    );
  }
}
