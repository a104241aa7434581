import { readFile } from "node:fs/promises";
import type { Forge } from "./forge";

/** The line, hidden in Markdown, by which a text of ours is found again. */
export function markerOf(key: string): string {
  if (!/^[\w.-]+( [\w.-]+)*$/.test(key)) {
    throw new Error(
      `--key ${JSON.stringify(key)}: expected words of letters, digits, dots and hyphens, such as "preview prod"`,
    );
  }
  return `<!-- hashistack: ${key} -->`;
}

/** Characters kept for ending a block of code. */
const longestFence = 10;

/** A text with its marker and a link to the run, cut where the forge would refuse it. */
export function marked(key: string, text: string, { longest, runUrl }: Pick<Forge, "longest" | "runUrl">): string {
  const head = `${markerOf(key)}\n`;
  const tail = `\n\n[What ran](${runUrl})`;
  const cut = "\n\n… The rest is on the page of the run.";
  const room = longest - head.length - tail.length;
  // A cut inside a block of code would swallow what follows.
  const body = text.length <= room ? text.trimEnd() : closed(text.slice(0, room - cut.length - longestFence)) + cut;
  return head + body + tail;
}

/** Ends a block of code that a cut left open. */
function closed(text: string): string {
  let open: string | undefined;
  for (const [fence] of text.matchAll(/^`{3,}/gm)) {
    if (open === undefined) {
      open = fence;
    } else if (fence.length >= open.length) {
      open = undefined;
    }
  }
  return open === undefined ? text : `${text}\n${open}`;
}

/** A report, or nothing where whatever was to write it did not get that far. */
export async function readReport(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
