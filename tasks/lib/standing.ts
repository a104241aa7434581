import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A stack that something stands of. */
export interface Standing {
  readonly stack: string;
  readonly resources: number;
}

/** Stacks whose states in that folder record resources, as Pulumi's file backend writes them. */
export async function standingStacks(folder: string): Promise<Standing[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".json")).sort();
  const all = await Promise.all(
    files.map(async (file) => {
      const { checkpoint } = JSON.parse(await readFile(join(folder, file), "utf8")) as Checkpoint;
      return { stack: file.slice(0, -".json".length), resources: checkpoint?.latest?.resources?.length ?? 0 };
    }),
  );
  return all.filter(({ resources }) => resources > 0);
}

interface Checkpoint {
  readonly checkpoint?: { readonly latest?: { readonly resources?: readonly unknown[] } };
}
