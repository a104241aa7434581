import { property } from "../kit/definition";

/** Labels as the Terraform schema has them: a set of `{label, value}`; every change replaces. */
export const labels = property.set(
  property.object({
    label: property.string({ required: true, replaces: true }),
    value: property.string({ required: true, replaces: true }),
  }),
  { replaces: true },
);

export type Label = { readonly label: string; readonly value: string };

/** Labels as the Engine API takes them. */
export function labelMap(set: readonly Label[] | undefined): Record<string, string> {
  return Object.fromEntries((set ?? []).map(({ label, value }) => [label, value]));
}

/** Labels as a state records them. */
export function labelSet(map: Record<string, string> | null | undefined): Label[] {
  return Object.keys(map ?? {})
    .sort()
    .map((label) => ({ label, value: map?.[label] ?? "" }));
}
