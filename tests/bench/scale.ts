import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { pulumiCommand } from "../plugins/support/tools";
import { stack, Workshop } from "../previews/workshop";
import { manyClients } from "./inventory";
import { withPeakMemory } from "./memory";

/** `pulumi preview` of a cluster's first deploy, with the real command and plugins whose hands are tied. */
export async function previewing(clients: number): Promise<{ seconds: number; megabytes: number; resources: number }> {
  const pulumi = await pulumiCommand();
  const workshop = await Workshop.create(pulumi);
  try {
    const { root } = workshop.checkout;
    const config = Object.entries(manyClients(clients)).map(([key, value]) => [`hashistack:${key}`, value]);
    await writeFile(join(root, `Pulumi.${stack}.yaml`), stringify({ config: Object.fromEntries(config) }));
    await writeFile(join(root, "key"), "the key of machines that are nowhere\n", { mode: 0o600 });
    const start = performance.now();
    const { result, megabytes } = await withPeakMemory(() =>
      workshop.sh(`'${pulumi}' preview --non-interactive --suppress-outputs --stack ${stack}`),
    );
    const seconds = (performance.now() - start) / 1000;
    const resources = Number(/\+ (\d+) to create/.exec(result.output)?.[1]);
    if (result.code !== 0 || Number.isNaN(resources)) {
      throw new Error(`pulumi preview ended with ${result.code}:\n${result.output.slice(-3000)}`);
    }
    return { seconds, megabytes, resources };
  } finally {
    await workshop.remove();
  }
}
