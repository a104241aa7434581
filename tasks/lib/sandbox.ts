import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./paths";

/** Whether the stack's file says that it is a sandbox: no more is read of it, to know that soon. Undefined where it cannot be read. */
export function isSandbox(stackName: string): boolean | undefined {
  try {
    const file = parse(readFileSync(join(root, `Pulumi.${stackName}.yaml`), "utf8"));
    return file?.config?.["hashistack:cluster"]?.sandbox === true;
  } catch {
    return undefined;
  }
}
