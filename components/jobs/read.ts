import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobSource } from "./jobFile";

const suffix = ".nomad.hcl";

/** Reads every `*.nomad.hcl` of a folder, in order of their names. `shown` is the folder's name for people. */
export async function readJobSources(folder: string, shown = "jobs"): Promise<JobSource[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(suffix)).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -suffix.length),
      path: `${shown}/${file}`,
      text: await readFile(join(folder, file), "utf8"),
    })),
  );
}
