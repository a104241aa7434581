import * as pulumi from "@pulumi/pulumi";
import { ask } from "../api/request";
import type { Access } from "../health/requirement";
import { known } from "../known";
import type { Topology } from "../topology";
import { canaryPath } from "./canary";

/**
 * A hook that refuses to register Fabio's job where its ports are held, as by Fabios that still run as agents: those
 * would go only after the job, which cannot come up before them.
 */
export function refusesHeldPorts(
  name: string,
  topology: Topology,
  access?: pulumi.Output<Access>,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, async () => refuseHeldPorts(topology, access ? await known(access) : {}));
}

/** @throws Error with the URLs that answer before the job is there. */
export async function refuseHeldPorts(
  { fabioJob, fabios, nomadServers }: Pick<Topology, "fabioJob" | "fabios" | "nomadServers">,
  { ca, nomadToken }: Access,
): Promise<void> {
  const headers: Record<string, string> = nomadToken ? { "x-nomad-token": nomadToken } : {};
  const job = `${nomadServers[0]?.url}/v1/job/${fabioJob?.id}?namespace=${fabioJob?.namespace}`;
  // A run that was killed may have registered it without writing that down: then it is its own Fabios that answer.
  if ((await ask(job, { ca, headers, timeoutMs: 10_000 })).status === 200) {
    return;
  }
  const answers = await Promise.all(
    fabios.map(async ({ url }) => ({ url, answer: await ask(url + canaryPath, { timeoutMs: 3_000 }) })),
  );
  const held = answers.filter(({ answer }) => answer.status !== 0).map(({ url }) => url);
  if (held.length > 0) {
    throw new Error(
      `Fabio's job cannot have its ports: something answers already at ${held.join(", ")}. If that is Fabio as an agent, ` +
        "change fabio.runsAs in two runs: one with no host in the role ingress, then one with the role and the new " +
        "setting (docs/configuration.md).",
    );
  }
}
