/** An image reference, taken apart. */
export interface ImageReference {
  /** Host of the registry, with its port where one is given; `docker.io` where none is named. */
  readonly registry: string;
  /** Path on the registry, such as `hashicorp/nomad`. */
  readonly repository: string;
  /** @default latest, unless a digest is given */
  readonly tag?: string;
  readonly digest?: string;
}

const dockerHub = "docker.io";
const hubNames = new Set([dockerHub, "index.docker.io", "registry-1.docker.io"]);

/**
 * Takes a reference apart by Docker's rules: the first part is a registry where it has a dot or a colon, or is
 * `localhost`.
 *
 * @throws where the text is not a reference.
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
export function parseReference(text: string): ImageReference {
  const [, name = "", tag, digest] = grammar.exec(text) ?? [];
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = hasRegistry ? first : dockerHub;
  const repository = hasRegistry ? rest.join("/") : name;
  if (name === "" || !repository.split("/").every((part) => pathPart.test(part))) {
    throw new Error(
      `"${text}" is not an image reference: [registry/]path[:tag][@sha256:digest] in lower case is expected`,
    );
  }
  return {
    registry: hubNames.has(registry) ? dockerHub : registry,
    repository,
    ...(digest ? { digest } : {}),
    ...(tag !== undefined || digest === undefined ? { tag: tag ?? "latest" } : {}),
  };
}

const grammar = /^((?:[^/:@]+(?::\d+)?\/)?[^:@]+)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
const pathPart = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

/**
 * Whether a reference names the published image `wanted`, such as `hashicorp/nomad`: on Docker Hub, or under any path of
 * another registry, since mirrors put one before it. Another publisher's image of that last name is another image.
 */
export function isImage({ registry, repository }: ImageReference, wanted: string): boolean {
  const official = wanted.includes("/") ? wanted : `library/${wanted}`;
  return (
    repository === wanted || repository === official || (registry !== dockerHub && repository.endsWith(`/${official}`))
  );
}
