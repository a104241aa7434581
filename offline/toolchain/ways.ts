/** How a tool may be had, in the order in which the ways are tried. */
export const ways = ["installed", "download", "build"] as const;
export type Way = (typeof ways)[number];

/**
 * The ways that may be used: those that `HASHISTACK_TOOLS` lists with commas between them, such as `build` or
 * `installed,download`. Unset or empty: all.
 */
export function waysAllowed(environment: NodeJS.ProcessEnv = process.env): ReadonlySet<Way> {
  const listed = (environment.HASHISTACK_TOOLS ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const unknown = listed.filter((word) => !(ways as readonly string[]).includes(word));
  if (unknown.length > 0) {
    throw new Error(
      `HASHISTACK_TOOLS: "${unknown.join('", "')}" is no way to get a tool; ${ways.join(", ")} or several of these with ` +
        "commas between them were expected",
    );
  }
  return new Set(listed.length > 0 ? (listed as Way[]) : ways);
}
