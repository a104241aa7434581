import type { Values } from "../kit/definition";

/** A list as Terraform keeps a set of strings: sorted, each once. */
export function stringSet(items: readonly string[] | null | undefined): string[] {
  return [...new Set(items ?? [])].sort();
}

/** A map from the cluster; empty and never given are one to Terraform, and the state then has none. */
export function metaOutput(
  live: Readonly<Record<string, string>> | null | undefined,
  given: unknown,
): Values | undefined {
  const entries = Object.entries(live ?? {});
  return entries.length === 0 && given === undefined ? undefined : Object.fromEntries(entries);
}
