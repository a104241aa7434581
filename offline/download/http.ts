import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../report";

/** How long to wait for a server, and how often to ask again. Times are in milliseconds. */
export interface Limits {
  /** Until the response's headers are there: a site that cannot be reached must not hold up what can be built. @default 4000 */
  readonly answerMs: number;
  /** Between two pieces of a body. @default 15000 */
  readonly stallMs: number;
  /** Tries in all, where the transfer broke. A refusal such as 404 is final at once. @default 3 */
  readonly attempts: number;
  /** Before the second try; doubled before each further one. @default 500 */
  readonly pauseMs: number;
}

export const defaultLimits: Limits = { answerMs: 4_000, stallMs: 15_000, attempts: 3, pauseMs: 500 };

/** A site that does not answer, or has not got what was asked for: another way to get it may be tried. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** What arrived is not what was published or pinned. No other way may hide this from the person. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
}

export interface Downloaded {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Whether a site answers within the time given in milliseconds. What the page is does not matter, so 404 is an answer;
 * a refusal such as a closed proxy gives (403, 407, 5xx) is none.
 */
export async function probe(url: string, timeoutMs = defaultLimits.answerMs): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.status < 500 && response.status !== 403 && response.status !== 407;
  } catch {
    return false;
  }
}

/** A small text file, such as a list of checksums. @throws UnavailableError */
export async function downloadText(url: string, limits: Limits = defaultLimits): Promise<string> {
  return retried(limits, async () => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of await open(url, limits)) {
      bytes += chunk.length;
      if (bytes > 4 * 1024 * 1024) throw new UnavailableError(`${url} is no small text file: it goes on after 4 MiB`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  });
}

/**
 * Streams a file to `path`, with its SHA-256 taken on the way. The file appears under its name only once it is whole;
 * until then it is `<path>.part`, which every try starts anew.
 *
 * @param accept sees the sum before the file gets its name; what it throws refuses the file, which is then removed.
 * @throws UnavailableError
 */
export async function downloadFile(
  url: string,
  path: string,
  report: Report,
  accept: (file: Downloaded) => void,
  limits: Limits = defaultLimits,
): Promise<Downloaded> {
  const part = `${path}.part`;
  try {
    const file = await retried(limits, async () => {
      const hash = createHash("sha256");
      const body = await open(url, limits);
      const progress = progressOf(url, body.expectedBytes, report);
      let bytes = 0;
      await pipeline(
        body,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            bytes += chunk.length;
            progress(bytes);
            yield chunk;
          }
        },
        createWriteStream(part),
      );
      return { bytes, sha256: hash.digest("hex") };
    });
    accept(file);
    await rename(part, path);
    return file;
  } finally {
    await rm(part, { force: true });
  }
}

type Body = AsyncIterable<Buffer> & { readonly expectedBytes: number | undefined };

/** A broken or stalled transfer: worth another try. */
class BrokenTransfer extends Error {}

async function open(url: string, limits: Limits): Promise<Body> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), limits.answerMs);
  let response: Response;
  try {
    // Without it a proxy may compress on the way, and Content-Length would not be the file's.
    response = await fetch(url, { signal: abort.signal, headers: { "accept-encoding": "identity" } });
  } catch (cause) {
    const why = abort.signal.aborted ? `no answer within ${limits.answerMs / 1000} s` : reason(cause);
    throw new UnavailableError(`${url} cannot be reached: ${why}`, { cause });
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    const message = `${url} answered ${response.status} ${response.statusText}`.trimEnd();
    throw response.status >= 500 ? new BrokenTransfer(message) : new UnavailableError(message);
  }
  const header = response.headers.get("content-length");
  const expectedBytes = header === null ? undefined : Number(header);
  const source = Readable.fromWeb(response.body as import("node:stream/web").ReadableStream);

  async function* watched(): AsyncGenerator<Buffer> {
    let bytes = 0;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), limits.stallMs);
    };
    try {
      watch();
      for await (const chunk of source) {
        // Only the server's silence counts, not the time that writing to a slow disk takes.
        clearTimeout(timer);
        bytes += chunk.length;
        yield chunk;
        watch();
      }
    } catch (cause) {
      const why = abort.signal.aborted ? `nothing came for ${limits.stallMs / 1000} s` : reason(cause);
      throw new BrokenTransfer(`the transfer of ${url} broke off after ${bytes} bytes: ${why}`, { cause });
    } finally {
      clearTimeout(timer);
      source.destroy();
    }
    if (expectedBytes !== undefined && bytes !== expectedBytes) {
      throw new BrokenTransfer(`${url} ended after ${bytes} bytes, ${expectedBytes} were announced`);
    }
  }
  return Object.assign(watched(), { expectedBytes });
}

async function retried<T>(limits: Limits, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof BrokenTransfer)) throw cause;
      if (tried >= limits.attempts) {
        throw new UnavailableError(`${cause.message} (${tried} ${tried === 1 ? "try" : "tries"})`, { cause });
      }
      await sleep(limits.pauseMs * 2 ** (tried - 1));
    }
  }
}

function progressOf(url: string, expectedBytes: number | undefined, report: Report): (bytes: number) => void {
  const name = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? url);
  const whole = expectedBytes === undefined ? "" : ` of ${megabytes(expectedBytes)}`;
  let next = Date.now() + 2_000;
  return (bytes) => {
    if (Date.now() < next) return;
    next = Date.now() + 2_000;
    report(`${name}: ${megabytes(bytes)}${whole} downloaded`);
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The reason inside fetch's "fetch failed". Where several addresses were tried, each failed in its own way. */
function reason(error: unknown): string {
  const { cause, message } = error as { cause?: { message?: string; code?: string }; message: string };
  return cause?.message || cause?.code || message;
}
