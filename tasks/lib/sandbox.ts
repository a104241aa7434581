import { readFileSync } from "node:fs";
import { stackFile } from "./paths";

/** Whether the stack's file says that it is a sandbox: no more is read of it, to know that soon. Undefined where it cannot be read. */
export function isSandbox(stackName: string): boolean | undefined {
  try {
    const text = readFileSync(stackFile(stackName), "utf8");
    if (!text.includes("sandbox")) {
      return false;
    }
    // Loaded where it is needed: Pulumi waits for this answer.
    const { parse } = require("yaml") as typeof import("yaml");
    return parse(text)?.config?.["hashistack:cluster"]?.sandbox === true;
  } catch {
    return undefined;
  }
}
