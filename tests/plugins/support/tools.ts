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

/** The `nomad` command: from the PATH. */
export async function nomadCommand(): Promise<string> {
  try {
    await promisify(execFile)("nomad", ["version"]);
    return "nomad";
  } catch (cause) {
    throw new Error(`these tests need the nomad command on the PATH: ${(cause as Error).message}`);
  }
}
