/**
 * What keeps an image reference from naming one image for good: nothing, for a digest or a tag that is not `latest`.
 * A tag can be moved as well, but by whoever publishes it, not by the calendar.
 */
export function looseness(reference: string): "no tag" | "the tag latest" | undefined {
  if (reference.includes("@sha256:") || /^sha256:[0-9a-f]+$/.test(reference)) {
    return undefined;
  }
  // A registry may have a port: only what follows the last slash can be a tag.
  const [, tag = ""] = /:([^/]*)$/.exec(reference) ?? [];
  if (tag === "") {
    return "no tag";
  }
  return tag === "latest" ? "the tag latest" : undefined;
}
