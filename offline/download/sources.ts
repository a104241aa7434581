import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const siteNames = ["hashicorp", "pulumi", "pulumi-plugin", "fabio"] as const;
export type SiteName = (typeof siteNames)[number];

const httpUrl = z
  .url({ protocol: /^https?$/, error: "expected a URL that begins with https:// or http://" })
  .transform((url) => url.replace(/\/+$/, ""));
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 sum: 64 lower-case hexadecimal digits");

const Sources = z.strictObject({
  sites: z.strictObject(
    Object.fromEntries(siteNames.map((name) => [name, httpUrl])) as Record<SiteName, typeof httpUrl>,
  ),
  pinned: z.record(z.string().regex(/^[^/\s]+$/, "expected a file name without a folder"), sha256),
});

/**
 * Where official downloads come from.
 *
 * `sites` are the vendors' own addresses; a mirror has the same folders and files below its own. `pinned` maps a file
 * name (`consul_1.22.7_linux_amd64.zip`) to the SHA-256 sum that it must have, on top of the one published beside it.
 */
export type Sources = z.infer<typeof Sources>;

/**
 * Names the environment variable that replaces a site by a mirror: `HASHISTACK_HASHICORP_MIRROR`,
 * `HASHISTACK_PULUMI_MIRROR`, `HASHISTACK_PULUMI_PLUGIN_MIRROR`, `HASHISTACK_FABIO_MIRROR`.
 */
export function mirrorVariable(site: SiteName): string {
  return `HASHISTACK_${site.toUpperCase().replace(/-/g, "_")}_MIRROR`;
}

/**
 * Reads `offline/download/sources.json` and puts the mirrors of the environment in place of the sites.
 * @throws an error that lists every wrong key and value.
 */
export function readSources(
  environment: NodeJS.ProcessEnv = process.env,
  file: string = join(__dirname, "sources.json"),
): Sources {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`${file} cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  const sources = Sources.safeParse(content);
  const problems = sources.success
    ? []
    : sources.error.issues.map((issue) => problem(`${file}: ${issue.path.join(".")}`, issue));

  const mirrors: Partial<Record<SiteName, string>> = {};
  for (const site of siteNames) {
    const variable = mirrorVariable(site);
    const value = environment[variable];
    if (!value) continue;
    const mirror = httpUrl.safeParse(value);
    if (mirror.success) mirrors[site] = mirror.data;
    else problems.push(...mirror.error.issues.map((issue) => `${problem(variable, issue)}, not "${value}"`));
  }
  if (!sources.success || problems.length > 0) throw new Error(problems.join("\n"));
  return { ...sources.data, sites: { ...sources.data.sites, ...mirrors } };
}

function problem(where: string, issue: z.core.$ZodIssue): string {
  return `${where}: ${issue.message}`;
}
