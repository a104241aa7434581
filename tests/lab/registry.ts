import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../offline/command";
import type { EnsuredImage } from "../../offline/images";
import { parseReference } from "../../offline/images/reference";
import type { Report } from "../../offline/report";
import { sumsOf, sumsOfFile } from "./debs";

/** The form of manifest that every engine reads. @see https://distribution.github.io/distribution/spec/manifest-v2-2/ */
export const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const configType = "application/vnd.docker.container.image.v1+json";
const layerType = "application/vnd.docker.image.rootfs.diff.tar";

/** Something by its content: what a manifest says of the blobs that an image consists of. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
}

export interface Layer extends Blob {
  readonly packed: boolean;
}

/** An image's manifest. */
export function renderManifest(config: Blob, layers: readonly Layer[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, size: config.size, digest: config.digest },
    layers: layers.map(({ digest, size, packed }) => ({
      mediaType: packed ? `${layerType}.gzip` : layerType,
      size,
      digest,
    })),
  });
}

/**
 * The name under which Docker Hub has an image, and so asks a mirror of it.
 * @throws Error where the image lies elsewhere: engines ask mirrors for Docker Hub's images alone.
 */
export function hubName(reference: string): { readonly repository: string; readonly tag: string } {
  const { registry, repository, tag } = parseReference(reference);
  if (registry !== "docker.io" || tag === undefined) {
    throw new Error(`${reference} is no image of Docker Hub with a tag, so a mirror of it cannot have it`);
  }
  return { repository: repository.includes("/") ? repository : `library/${repository}`, tag };
}

/** What answers a request for a manifest: the map that the server's configuration takes in. */
export function renderDigests(digests: ReadonlyMap<string, string>): string {
  return [...digests].map(([path, digest]) => `"${path}" "${digest}";\n`).join("");
}

/**
 * Lays images of this engine out as files that answer what an engine asks of a registry when it pulls.
 * @param folder what is in it already is kept: its names are its content's sums
 */
export async function layOutRegistry(folder: string, images: readonly EnsuredImage[], report: Report): Promise<void> {
  const digests = new Map<string, string>();
  for (const image of images) {
    const manifest = await manifestOf(folder, image, report);
    const { repository, tag } = hubName(image.reference);
    const digest = `sha256:${sumsOf(Buffer.from(manifest)).sha256}`;
    for (const name of [tag, digest]) {
      await mkdir(join(folder, "v2", repository, "manifests"), { recursive: true });
      await writeFile(join(folder, "v2", repository, "manifests", name), manifest);
      digests.set(`/v2/${repository}/manifests/${name}`, digest);
    }
  }
  await writeFile(join(folder, "digests.map"), renderDigests(digests));
}

/** Manifest of an image whose blobs are in the folder; they are put there unless they are. */
async function manifestOf(folder: string, { reference, id }: EnsuredImage, report: Report): Promise<string> {
  const known = join(folder, "images", id.replace("sha256:", ""));
  if (existsSync(known)) return readFile(known, "utf8");
  report(`laying out ${reference}`);
  const blobs = join(folder, "blobs");
  const scratch = join(folder, "scratch");
  await rm(scratch, { recursive: true, force: true });
  await mkdir(blobs, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const archive = join(scratch, "image.tar");
  await run("docker", ["save", "--output", archive, reference]);
  await run("tar", ["-C", scratch, "-xf", archive]);
  const [saved] = JSON.parse(await readFile(join(scratch, "manifest.json"), "utf8")) as [
    { Config: string; Layers: string[] },
  ];
  const keep = async (path: string): Promise<Layer> => {
    const file = join(scratch, path);
    const packed = await isPacked(file);
    const { sha256, size } = await sumsOfFile(file);
    await rename(file, join(blobs, `sha256:${sha256}`));
    return { digest: `sha256:${sha256}`, size, packed };
  };
  const config = await keep(saved.Config);
  const layers: Layer[] = [];
  for (const path of saved.Layers) layers.push(await keep(path));
  const manifest = renderManifest(config, layers);
  await mkdir(join(folder, "images"), { recursive: true });
  await writeFile(`${known}.new`, manifest);
  await rename(`${known}.new`, known);
  await rm(scratch, { recursive: true });
  return manifest;
}

/** Whether a layer is compressed: newer engines keep layers as they were pulled. */
async function isPacked(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
