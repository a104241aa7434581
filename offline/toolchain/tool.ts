import type { ToolName } from "./recipes";

/** A program that is on this machine and can be run. */
export interface Tool {
  readonly name: ToolName;
  /** Without a leading `v`. */
  readonly version: string;
  /** Absolute. Of a downloaded Pulumi the folder holds its language hosts too. */
  readonly path: string;
  readonly origin: "installed" | "downloaded" | "built";
}
