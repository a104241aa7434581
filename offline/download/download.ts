import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Report } from "../report";

export interface DownloadOptions {
  /** Expected SHA-256, in hex. */
  readonly sha256: string;
  readonly report: Report;
  /** Seconds without a byte after which a transfer is given up. @default 20 */
  readonly stallSeconds?: number;
  /** How often a broken transfer is begun anew. @default 2 */
  readonly retries?: number;
}

/** A file that is there, but is not what it should be: trying again would not help. */
export class WrongChecksum extends Error {
  constructor(url: string, expected: string, found: string) {
    super(
      `${url} is not the file that was expected: its SHA-256 is ${found}, the published or pinned one is ${expected}. ` +
        "It was thrown away. Ask whoever runs that server; do not use the file.",
    );
    this.name = "WrongChecksum";
  }
}

/** Whether a site answers at all, with whatever status, within so many milliseconds. */
export async function probe(url: string, milliseconds = 3000): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(milliseconds),
    });
    // A proxy that lets nothing through answers too.
    return response.status < 500 && response.status !== 403 && response.status !== 407;
  } catch {
    return false;
  }
}

/** The text of a small file, or undefined where it cannot be had. */
export async function fetchText(url: string, milliseconds = 10_000): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(milliseconds) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads a file to a path, which holds the whole, checked file or does not exist. */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { retries = 2, report } = options;
  const part = `${path}.part`;
  for (let attempt = 0; ; attempt++) {
    try {
      const found = await transfer(url, part, options);
      if (found !== options.sha256.toLowerCase()) {
        throw new WrongChecksum(url, options.sha256, found);
      }
      await rename(part, path);
      return;
    } catch (error) {
      await rm(part, { force: true });
      if (error instanceof WrongChecksum || attempt >= retries) {
        throw error;
      }
      report(`${(error as Error).message}; trying again`);
    }
  }
}

async function transfer(url: string, path: string, { report, stallSeconds = 20 }: DownloadOptions): Promise<string> {
  const abort = new AbortController();
  const stalled = () => abort.abort(new Error(`${url} sent nothing for ${stallSeconds} s`));
  let timer = setTimeout(stalled, stallSeconds * 1000);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      throw new Error(`${url} answered ${response.status}`);
    }
    const total = Number(response.headers.get("content-length") ?? 0);
    const hash = createHash("sha256");
    let bytes = 0;
    let nextReport = Date.now() + 2000;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(stalled, stallSeconds * 1000);
        hash.update(chunk);
        bytes += chunk.length;
        if (Date.now() > nextReport) {
          nextReport = Date.now() + 2000;
          report(`${url}: ${mebibytes(bytes)}${total > 0 ? ` of ${mebibytes(total)}` : ""}`);
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as never), meter, createWriteStream(path), { signal: abort.signal });
    if (total > 0 && bytes !== total) {
      throw new Error(`${url} broke off after ${bytes} of ${total} bytes`);
    }
    return hash.digest("hex");
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** The checksum of a file in a list as `sha256sum` writes it; undefined where the list does not name the file. */
export function checksumIn(list: string, file: string): string | undefined {
  for (const line of list.split("\n")) {
    const [, sum, name] = /^([0-9a-f]{64})[ *]+(\S+)$/i.exec(line.trim()) ?? [];
    if (name === file || name?.endsWith(`/${file}`)) {
      return sum?.toLowerCase();
    }
  }
  return undefined;
}
