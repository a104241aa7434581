import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { runProcessOnDelete } from "../../process";
import type { Security } from "../../security/security";
import { farewell } from "../../tokens";
import type { NomadClientPlan } from "../../topology";
import type { DrainRequest } from "./drain";

export interface DrainsClientArgs {
  readonly client: NomadClientPlan;
  /** URLs of Nomad's servers. */
  readonly servers: readonly string[];
  readonly security: Security;
}

/**
 * Empties a client when it is taken out of the stack. It depends on the client's agent, so the engine deletes it first;
 * nothing happens where the agent is merely re-created. None where the plan gives its tasks no time.
 */
export function drainsClient(
  args: DrainsClientArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command | undefined {
  const { client, servers, security } = args;
  const deadlineSeconds = client.drainSeconds;
  if (deadlineSeconds === undefined) {
    return undefined;
  }
  return runProcessOnDelete(
    farewell.drain(client.host),
    {
      program: "components/nomad/drain/main.ts",
      request: pulumi
        .all([pulumi.output(security.ca), pulumi.output(security.management?.nomad)])
        .apply(([ca, token]): DrainRequest => ({ servers, ca, token, node: client.host, deadlineSeconds })),
      limitSeconds: deadlineSeconds + 180,
    },
    opts,
  );
}
