import { readFileSync } from "node:fs";

/** Text of a file with a certificate or a key. @throws Error that names the setting. */
export function readPem(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `${setting}: ${path} cannot be read (${(error as Error).message}); give a path that can be read here`,
    );
  }
}
