import type * as pulumi from "@pulumi/pulumi";

/** The value of an output, for code that runs during an update, such as a hook: by then it is known. */
export function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
