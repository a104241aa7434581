import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";

const run = promisify(execFile);

/**
 * A hook that takes away a container which an earlier run had created and was killed before it could write down: its
 * name would be taken for good. Only one with this very name and these labels; the agent's data is in a volume.
 *
 * @param engine program and first arguments of Docker's command line
 */
export function removesOrphan(
  engine: readonly [string, ...string[]],
  container: string,
  labels: Readonly<Record<string, string>>,
): pulumi.ResourceHook {
  const [program, ...first] = engine;
  const docker = async (...args: string[]) => (await run(program, [...first, ...args], { timeout: 60_000 })).stdout;
  return new pulumi.ResourceHook(`${container}-orphan`, async () => {
    const filters = [`name=^/${container}$`, ...Object.entries(labels).map(([key, value]) => `label=${key}=${value}`)];
    const found = await docker("ps", "--all", "--quiet", ...filters.flatMap((filter) => ["--filter", filter]));
    const ids = found.split("\n").filter(Boolean);
    if (ids.length > 0) {
      await docker("rm", "--force", "--volumes", ...ids);
    }
  });
}
