import * as pulumi from "@pulumi/pulumi";
import type { SecretFile } from "../hosts/host";

type Parts = Readonly<Record<string, pulumi.Output<string> | undefined>>;

/** A file rendered from secrets, or none where there are none to put in. */
export function secretFile<P extends Parts>(
  name: string,
  parts: P,
  render: (known: { [K in keyof P]?: string }) => string,
): SecretFile[] {
  const present = Object.entries(parts).filter((entry): entry is [string, pulumi.Output<string>] => !!entry[1]);
  if (present.length === 0) {
    return [];
  }
  const values = pulumi.all(present.map(([, value]) => value));
  const content = values.apply((texts) =>
    render(Object.fromEntries(present.map(([key], index) => [key, texts[index]])) as { [K in keyof P]?: string }),
  );
  return [{ name, content }];
}
