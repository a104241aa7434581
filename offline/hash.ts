import { createHash } from "node:crypto";

/** A short key of everything that something is made from. */
export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest("hex").slice(0, 24);
}
