import { readFileSync } from "node:fs";

/** Text of a file that a setting or a variable names. @throws Error that names the setting. */
export function readText(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `${setting}: ${path} cannot be read (${(error as Error).message}); give a path that can be read here`,
    );
  }
}
