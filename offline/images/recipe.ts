import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../hash";
import type { ToolName } from "../toolchain";

/** A file of an image, beyond those of its packages. */
export interface ImageFile {
  readonly content: string;
  /** @default 0o644 */
  readonly mode?: number;
}

/** How an image is made where its registry cannot be reached. Plain data: its hash tells when to make it anew. */
export interface ImageRecipe {
  /** Published image that it stands in for, such as `hashicorp/nomad`. */
  readonly image: string;
  /** Tags under which it may go; others would promise what it is not. */
  readonly tags: { readonly pattern: string; readonly words: string };
  /** Debian packages, with all that they depend on. */
  readonly packages: readonly string[];
  /** Package whose version is the image's, and how that version must begin for the tags to be true. */
  readonly versionOf?: { readonly package: string; readonly prefix: string };
  /** Program from the toolchain, at /bin; the tag is its version. */
  readonly tool?: ToolName;
  readonly files: Readonly<Record<string, ImageFile>>;
  readonly directories: readonly string[];
  /** Symbolic links: path to target. */
  readonly links: Readonly<Record<string, string>>;
  /** Dockerfile instructions of its configuration. */
  readonly configuration: readonly string[];
  /** Tag to pull in place of the wanted one, where its publisher has no such tag. */
  readonly pullTag?: string;
}

/** Raised whenever the same recipe gives another image. */
const builderVersion = 2;

/** Changes whenever an image would be made otherwise. */
export function recipeHash(recipe: ImageRecipe, tag: string): string {
  return hashOf(JSON.stringify(recipe), recipe.tool ? tag : "", String(builderVersion));
}

/** A file of this folder, by its path. */
export function imageFile(path: string, mode?: number): ImageFile {
  return { content: readFileSync(join(__dirname, path), "utf8"), ...(mode === undefined ? {} : { mode }) };
}
