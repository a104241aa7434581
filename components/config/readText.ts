import type { Problem } from "./problem";

/** Reads a file that the configuration names; throws where that cannot be done. */
export type ReadText = (path: string) => string;

/** Text of a file; undefined where it cannot be read, and a problem says why. */
export function readInto(path: string, where: string, read: ReadText, problems: Problem[]): string | undefined {
  try {
    return read(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : message;
    problems.push({ where, value: path, message: `${reason}; paths are relative to the project` });
    return undefined;
  }
}
