/** Length in bytes and check sums of a file, in hexadecimal. */
export interface Sums {
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
}

/** A package as a repository's list tells of it. */
export interface IndexedPackage extends Sums {
  /** The fields that it tells of itself (`dpkg-deb --field`). */
  readonly control: string;
  /** Where it lies, from the repository's root. */
  readonly path: string;
}

/**
 * The list `Packages` of an apt repository.
 * @see https://wiki.debian.org/DebianRepository/Format
 */
export function renderIndex(packages: readonly IndexedPackage[]): string {
  return [...packages]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ control, path, size, md5, sha256 }) =>
      [control.trimEnd(), `Filename: ${path}`, `Size: ${size}`, `MD5sum: ${md5}`, `SHA256: ${sha256}`, "", ""].join(
        "\n",
      ),
    )
    .join("");
}

export interface ReleaseFacts {
  /** Who publishes it. */
  readonly origin: string;
  /** Code name of the distribution. */
  readonly suite: string;
  readonly architecture: string;
  readonly date: Date;
  /** The lists, by their path beside the file `Release`. */
  readonly files: readonly (Sums & { readonly path: string })[];
}

/** The file `Release`, which whoever signs a repository signs. */
export function renderRelease({ origin, suite, architecture, date, files }: ReleaseFacts): string {
  const list = (sum: "md5" | "sha256") => files.map((file) => ` ${file[sum]} ${file.size} ${file.path}`);
  return [
    `Origin: ${origin}`,
    `Label: ${origin}`,
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Date: ${date.toUTCString().replace("GMT", "UTC")}`,
    `Architectures: ${architecture}`,
    "Components: main",
    "Description: packages for the machines of hashistack's lab",
    "MD5Sum:",
    ...list("md5"),
    "SHA256:",
    ...list("sha256"),
    "",
  ].join("\n");
}
