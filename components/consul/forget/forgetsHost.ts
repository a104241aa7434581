import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { runProcessOnDelete } from "../../process";
import type { Security } from "../../security/security";
import { farewell } from "../../tokens";
import type { ForgetRequest } from "./main";

export interface ForgetsHostArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly host: string;
  /** URLs of Consul's servers. */
  readonly servers: readonly string[];
  readonly security: Security;
}

/** Seconds to keep trying: the larger a cluster, the longer it takes to agree that a member has failed. */
const timeoutSeconds = 60;

/**
 * Takes a host out of Consul when it is taken out of the stack. Its agents depend on it, so the engine deletes it after
 * them: until then they need their tokens, to take their services out.
 */
export function forgetsHost(args: ForgetsHostArgs, opts: pulumi.CustomResourceOptions): command.local.Command {
  const { cluster, host, servers, security } = args;
  return runProcessOnDelete(
    farewell.forget(host),
    {
      program: "components/consul/forget/main.ts",
      request: pulumi
        .all([pulumi.output(security.management?.consul), pulumi.output(security.ca)])
        .apply(
          ([managementToken, ca]): ForgetRequest => ({ cluster, host, servers, ca, managementToken, timeoutSeconds }),
        ),
      limitSeconds: timeoutSeconds + 60,
    },
    opts,
  );
}
