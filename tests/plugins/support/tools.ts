import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The `pulumi` command: from the PATH. */
export async function pulumiCommand(): Promise<string> {
  try {
    await promisify(execFile)("pulumi", ["version"]);
    return "pulumi";
  } catch (cause) {
    throw new Error(`these tests need the pulumi command on the PATH: ${(cause as Error).message}`);
  }
}
