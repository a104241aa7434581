import { readFile, rename, writeFile } from "node:fs/promises";

/**
 * Puts Pulumi's own copy of a state in the place of one that a kill cut short: its file backend keeps the state before
 * the last one beside it. What the last step did is then found again: orphans by their names, jobs by their ids.
 *
 * @param file the state
 * @returns whether there was anything to mend
 * @throws Error where the copy cannot be read either
 */
export async function mendCheckpoint(file: string): Promise<boolean> {
  if ((await whole(file)) !== undefined) {
    return false;
  }
  const copy = await whole(`${file}.bak`);
  if (copy === undefined) {
    throw new Error(
      `The state in ${file} was cut short, and so was Pulumi's copy of it (.bak). Put back a copy of yours ` +
        "(pulumi stack import), or take away what the stack made by hand and remove that file.",
    );
  }
  const staged = `${file}.${process.pid}`;
  await writeFile(staged, copy, { mode: 0o600 });
  await rename(staged, file);
  return true;
}

/** The file's text, where it is whole. */
async function whole(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, "utf8");
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
