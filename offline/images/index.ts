import { createReadStream } from "node:fs";
import { run } from "../command";
import type { Report } from "../report";
import { type ImageRecipe, recipeFor, recipeHash, splitReference } from "./recipes";
import { ensureRootfs } from "./rootfs";

export interface EnsuredImage {
  readonly reference: string;
  readonly origin: "present" | "pulled" | "built";
}

const standInLabel = "hashistack.standin";
const recipeLabel = "hashistack.recipe";
/** Seconds that a pull may take to reach its registry. */
const pullSeconds = 10;

/**
 * Puts images on this machine's engine under exactly these references: those that are there stay, others are pulled
 * where their registry answers, and made from Debian packages and Go modules where it does not.
 */
export async function ensureImages(
  references: readonly string[],
  { report }: { report: Report },
): Promise<EnsuredImage[]> {
  const silent = new Set<string>();
  const images: EnsuredImage[] = [];
  for (const reference of references) {
    images.push({ reference, origin: await ensureImage(reference, silent, report) });
  }
  return images;
}

async function ensureImage(reference: string, silent: Set<string>, report: Report): Promise<EnsuredImage["origin"]> {
  const recipe = recipeFor(reference);
  const { tag } = splitReference(reference);
  const labels = await labelsOf(reference);
  if (labels !== undefined) {
    const outdated = labels[standInLabel] === "true" && recipe && labels[recipeLabel] !== recipeHash(recipe, tag);
    if (!outdated) {
      return "present";
    }
    report(`${reference}: its recipe changed, making it anew`);
    await build(reference, tag, recipe, report);
    return "built";
  }
  if (await pull(reference, recipe, silent, report)) {
    return "pulled";
  }
  if (recipe === undefined) {
    throw new Error(
      `The image ${reference} is not on this engine, its registry does not answer, and there is no recipe to make it. ` +
        "Load it from another machine (docker save, docker load), or name one on a registry that can be reached.",
    );
  }
  await build(reference, tag, recipe, report);
  return "built";
}

/** Labels of an image on the engine; undefined where it is not there. */
async function labelsOf(reference: string): Promise<Record<string, string> | undefined> {
  try {
    const text = await run("docker", ["image", "inspect", "--format", "{{json .Config.Labels}}", reference]);
    return (JSON.parse(text) as Record<string, string> | null) ?? {};
  } catch (error) {
    if (/no such image/i.test((error as Error).message)) {
      return undefined;
    }
    throw error;
  }
}

async function pull(
  reference: string,
  recipe: ImageRecipe | undefined,
  silent: Set<string>,
  report: Report,
): Promise<boolean> {
  const registry = registryOf(reference);
  if (silent.has(registry)) {
    return false;
  }
  const { repository } = splitReference(reference);
  const source = recipe?.pullTag ? `${repository}:${recipe.pullTag}` : reference;
  report(`pulling ${source}`);
  try {
    // The limit is for reaching the registry: a large image may take its time.
    await run("sh", ["-c", pullScript, source, String(pullSeconds)]);
  } catch (error) {
    report(`${registry} does not answer (${lastLine((error as Error).message)})`);
    silent.add(registry);
    return false;
  }
  if (source !== reference) {
    await run("docker", ["tag", source, reference]);
  }
  return true;
}

const pullScript = `timeout "$1" docker manifest inspect "$0" >/dev/null 2>&1 ||
  { echo "no such image, or no answer within $1 s" >&2; exit 1; }
docker pull --quiet "$0"`;

/** The registry's part of a reference; Docker Hub has none. */
function registryOf(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "Docker Hub";
}

async function build(reference: string, tag: string, recipe: ImageRecipe, report: Report): Promise<void> {
  report(`making ${reference} here`);
  const archive = await ensureRootfs(recipe, tag, report);
  const labels: Record<string, string> = {
    [standInLabel]: "true",
    [recipeLabel]: recipeHash(recipe, tag),
    "org.opencontainers.image.title": recipe.title,
    "org.opencontainers.image.version": tag,
    "org.opencontainers.image.description": `Stand-in for ${reference}, made by hashistack from ${
      recipe.tool ? "a Go module and " : ""
    }Debian packages because its registry could not be reached`,
  };
  const instructions = [
    ...recipe.configuration,
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`),
  ];
  const changes = instructions.flatMap((instruction) => ["--change", instruction]);
  await run("docker", ["import", ...changes, "-", reference], { input: createReadStream(archive) });
}

function lastLine(text: string): string {
  return text.trim().split("\n").pop() ?? "";
}
