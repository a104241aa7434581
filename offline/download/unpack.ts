import { createReadStream, createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join, normalize, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract as tarExtract } from "tar-stream";
import { openPromise } from "yauzl";

/**
 * Unpacks a `.zip` or a `.tar.gz` (`.tgz`) into a folder; any other file is a program itself and is copied there.
 * Keeps folders, files and which of these are executable; links and devices, and names that lead out of the
 * folder, are refused.
 */
export async function unpack(archive: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  try {
    if (archive.endsWith(".zip")) await unzip(archive, directory);
    else if (/\.(tar\.gz|tgz)$/.test(archive)) await untar(archive, directory);
    else await copyProgram(archive, directory);
  } catch (cause) {
    throw new Error(`${archive} cannot be unpacked: ${(cause as Error).message}`, { cause });
  }
}

async function copyProgram(file: string, directory: string): Promise<void> {
  const target = join(directory, basename(file));
  await copyFile(file, target);
  await chmod(target, 0o755);
}

async function untar(archive: string, directory: string): Promise<void> {
  const tar = tarExtract();
  // The parser does not end the member at hand when the archive breaks off: it would be waited for without end.
  const broken = new AbortController();
  const parse = async () => {
    try {
      await pipeline(createReadStream(archive), createGunzip(), tar);
    } catch (cause) {
      broken.abort();
      throw cause;
    }
  };
  const take = async () => {
    for await (const entry of tar) {
      const { name, type, mode } = entry.header;
      const target = inside(directory, name);
      if (type === "directory") await mkdir(target, { recursive: true });
      else if (type === "file") await write(entry as unknown as Readable, target, mode ?? 0, broken.signal);
      else throw new Error(`it holds "${name}", which is neither a file nor a folder but a ${type}`);
      entry.resume();
    }
  };
  await Promise.all([parse(), take()]);
}

async function unzip(archive: string, directory: string): Promise<void> {
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      const target = inside(directory, entry.fileName);
      if (entry.fileName.endsWith("/")) {
        await mkdir(target, { recursive: true });
        continue;
      }
      const mode = entry.externalFileAttributes >>> 16;
      const kind = mode & 0o170000;
      if (kind !== 0 && kind !== 0o100000) throw new Error(`it holds "${entry.fileName}", which is not a plain file`);
      await write(await zip.openReadStreamPromise(entry), target, mode);
    }
  } finally {
    zip.close();
  }
}

async function write(content: Readable, target: string, mode: number, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await pipeline(content, createWriteStream(target), { signal });
  await chmod(target, mode & 0o111 ? 0o755 : 0o644);
}

function inside(directory: string, name: string): string {
  const target = normalize(join(directory, name));
  if (target === normalize(directory) || target.startsWith(normalize(directory) + sep)) return target;
  throw new Error(`it holds "${name}", which would lie outside of the folder`);
}
