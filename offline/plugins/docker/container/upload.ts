import { readFile } from "node:fs/promises";
import { pack } from "tar-stream";
import type { ContainerInputs } from "./properties";

type Upload = NonNullable<ContainerInputs["uploads"]>[number];

/** The files to put into a container before it starts, as one tar archive to be unpacked at `/`. */
export async function uploadArchive(uploads: readonly Upload[], mtime = new Date()): Promise<Buffer> {
  const archive = pack();
  for (const upload of uploads) {
    archive.entry({ name: upload.file.replace(/^\/+/, ""), mode: modeOf(upload), mtime }, await contentOf(upload));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Permissions of an uploaded file: what the program says, or 0744 if executable, else 0644. */
export function modeOf(upload: Pick<Upload, "permissions" | "executable">): number {
  if (upload.permissions) return Number.parseInt(upload.permissions, 8);
  return upload.executable ? 0o744 : 0o644;
}

async function contentOf(upload: Upload): Promise<Buffer> {
  if (upload.contentBase64) return Buffer.from(upload.contentBase64, "base64");
  if (!upload.source) return Buffer.from(upload.content ?? "");
  try {
    return await readFile(upload.source);
  } catch (cause) {
    throw new Error(`could not read the file to upload to ${upload.file}: ${(cause as Error).message}`);
  }
}
