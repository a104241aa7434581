import { rename, writeFile } from "node:fs/promises";

/**
 * Writes a file whole or not at all, whatever ends this process.
 *
 * @param mode of a file that only its owner may read: 0o600. @default as the process makes files
 */
export async function writeWhole(path: string, text: string, mode?: number): Promise<void> {
  const staged = `${path}.${process.pid}`;
  await writeFile(staged, text, mode === undefined ? {} : { mode });
  await rename(staged, path);
}
