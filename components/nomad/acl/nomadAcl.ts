import * as pulumi from "@pulumi/pulumi";
import { runProcess } from "../../process";
import type { BootstrapRequest } from "./main";

export interface NomadAclArgs {
  /** URLs of Nomad's servers. */
  readonly servers: readonly string[];
  readonly ca?: pulumi.Output<string>;
  readonly managementToken: pulumi.Output<string>;
  /** Ids of the servers' agents: servers that were all created anew have to be bootstrapped anew. */
  readonly agents: readonly pulumi.Input<string>[];
  /** What must be there first: servers with a leader. */
  readonly after: readonly pulumi.Resource[];
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** Turns Nomad's ACLs on with a first token that was chosen, and stored, before. */
export class NomadAcl extends pulumi.ComponentResource {
  /** Depend on this for the management token to work. */
  readonly ready: pulumi.Resource;
  /** What was found or done. */
  readonly summary: pulumi.Output<string>;

  constructor(name: string, args: NomadAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:nomad:NomadAcl", name, {}, opts);

    const { servers, timeoutSeconds } = args;
    const bootstrap = runProcess(
      `${name}-bootstrap`,
      {
        program: "components/nomad/acl/main.ts",
        request: pulumi
          .all([args.managementToken, pulumi.output(args.ca)])
          .apply(([managementToken, ca]): BootstrapRequest => ({ servers, ca, managementToken, timeoutSeconds })),
        limitSeconds: timeoutSeconds + 60,
        triggers: args.agents,
      },
      { parent: this, dependsOn: [...args.after] },
    );
    this.ready = bootstrap;
    this.summary = bootstrap.stdout;
    this.registerOutputs({ summary: this.summary });
  }
}
