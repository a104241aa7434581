import { run } from "../command";
import type { Report } from "../report";
import { Puller } from "./pull";
import { type ImageRecipe, recipeHash } from "./recipe";
import { recipeFor, refusal } from "./recipes";
import { type ImageReference, parseReference } from "./reference";
import { ensureRootfs, type Rootfs } from "./rootfs";

export interface EnsuredImage {
  readonly reference: string;
  readonly origin: "present" | "pulled" | "built";
  /** Id on the engine, `sha256:…`. */
  readonly id: string;
}

/** Tells our own images, which are made anew when their recipe changes, from everyone else's, which are left alone. */
const standInLabel = "hashistack.standin";
const recipeLabel = "hashistack.recipe";

/**
 * Puts images on the engine under exactly these references. Those that are there stay; others are pulled where their
 * registry answers, and made from Debian packages and Go modules where it does not. Of our own stand-ins, those whose
 * recipe has changed are made anew.
 *
 * @throws where an image can be had in no way, naming it; others may have been put on the engine by then.
 */
export async function ensureImages(
  references: readonly string[],
  { report }: { report: Report },
): Promise<EnsuredImage[]> {
  const wanted = await Promise.all(
    [...new Set(references)].map(async (text): Promise<WantedImage> => {
      const reference = parseReference(text);
      return { text, reference, recipe: recipeFor(reference), found: await inspect(text) };
    }),
  );
  const puller = new Puller(report);
  const images: EnsuredImage[] = [];
  for (const image of wanted) {
    const { text: reference, found } = image;
    if (found && !isOutdated(image, found)) {
      images.push({ reference, origin: "present", id: found.id });
      continue;
    }
    const origin = await ensureImage(image, puller, report);
    const id = (await inspect(reference))?.id;
    if (id === undefined) {
      throw new Error(
        `The image ${reference} was ${origin}, and the engine does not have it now. Is something removing images?`,
      );
    }
    images.push({ reference, origin, id });
  }
  return images;
}

interface FoundImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface WantedImage {
  readonly text: string;
  readonly reference: ImageReference;
  readonly recipe: ImageRecipe | undefined;
  /** What the engine has under that reference. */
  readonly found: FoundImage | undefined;
}

/** Whether the image is a stand-in of ours that can be made anew from another recipe than its own. */
function isOutdated({ reference, recipe }: WantedImage, { labels }: FoundImage): boolean {
  return (
    recipe !== undefined &&
    labels[standInLabel] === "true" &&
    labels[recipeLabel] !== recipeHash(recipe, tagOf(reference)) &&
    refusal(recipe, reference) === undefined
  );
}

async function ensureImage(image: WantedImage, puller: Puller, report: Report): Promise<EnsuredImage["origin"]> {
  const { text, reference, recipe, found } = image;
  if (found) {
    report(`${text}: its recipe has changed`);
  } else {
    const source = recipe?.pullTag === undefined ? text : text.replace(/(:[^:/]*)?$/, `:${recipe.pullTag}`);
    const failure = await puller.pull(text, source, reference);
    if (failure === undefined) {
      return "pulled";
    }
    const refused = recipe ? refusal(recipe, reference) : "there is no recipe to make it here";
    if (refused !== undefined) {
      throw new Error(
        `The image ${text} is not on this engine, ${failure}, and ${refused}. ` +
          "Load it from another machine (docker save, docker load), or name one on a registry that can be reached.",
      );
    }
  }
  await build(text, reference, recipe as ImageRecipe, report);
  if (found) {
    await forget(found.id, report);
  }
  return "built";
}

/** Removes a stand-in that has lost its name to a newer one; where a container still runs it, it stays. */
async function forget(id: string, report: Report): Promise<void> {
  try {
    await run("docker", ["image", "rm", id]);
  } catch (error) {
    if (!/no such image/i.test((error as Error).message)) {
      report(`the image that was replaced stays for now: ${(error as Error).message.trim().split("\n").pop()}`);
    }
  }
}

const tagOf = ({ tag }: ImageReference) => tag ?? "latest";

/** An image on the engine; undefined where it is not there. */
async function inspect(reference: string): Promise<FoundImage | undefined> {
  try {
    const text = await run("docker", [
      "image",
      "inspect",
      "--format",
      "{{json .Id}} {{json .Config.Labels}}",
      reference,
    ]);
    const [, id = "", labels = ""] = /^"([^"]+)" (.*)$/.exec(text.trim()) ?? [];
    return { id, labels: (JSON.parse(labels) as Record<string, string> | null) ?? {} };
  } catch (error) {
    if (/no such image/i.test((error as Error).message)) {
      return undefined;
    }
    throw error;
  }
}

async function build(text: string, reference: ImageReference, recipe: ImageRecipe, report: Report): Promise<void> {
  report(`making ${text} here`);
  const rootfs = await ensureRootfs(recipe, tagOf(reference), report);
  const changes = instructions(recipe, reference, rootfs).flatMap((line) => ["--change", line]);
  await run("docker", ["import", ...changes, rootfs.archive, text]);
}

function instructions(recipe: ImageRecipe, reference: ImageReference, { version }: Rootfs): string[] {
  const from = recipe.tool ? "a Go module and Debian packages" : "Debian packages";
  const labels: Record<string, string> = {
    [standInLabel]: "true",
    [recipeLabel]: recipeHash(recipe, tagOf(reference)),
    "org.opencontainers.image.title": `${recipe.image} (stand-in)`,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.description": `Stand-in for ${recipe.image}, made by hashistack from ${from}, because its registry could not be reached`,
    "org.opencontainers.image.source": "hashistack, offline/images",
  };
  return [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...recipe.configuration,
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`),
  ];
}
