import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../offline/command";
import type { IndexedPackage, Sums } from "./aptIndex";

export function sumsOf(content: Buffer): Sums {
  const sum = (algorithm: string) => createHash(algorithm).update(content).digest("hex");
  return { size: content.length, md5: sum("md5"), sha256: sum("sha256") };
}

export async function sumsOfFile(path: string): Promise<Sums> {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    md5.update(chunk);
    sha256.update(chunk);
    size += chunk.length;
  }
  return { size, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}

/** What a repository's list has to tell of the packages in a folder. @param path of the folder in the repository. */
export async function describePackages(folder: string, path: string): Promise<IndexedPackage[]> {
  const packages: IndexedPackage[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".deb"))) {
    const file = join(folder, name);
    const control = await run("dpkg-deb", ["--field", file]);
    packages.push({ control, path: `${path}/${name}`, ...(await sumsOfFile(file)) });
  }
  return packages;
}
