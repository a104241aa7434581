import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { GateRequest, Requirement } from "./requirement";

export interface GateArgs {
  /** What waits, for people: "Consul server sandbox". */
  readonly title: string;
  /** Seconds after which the gate gives up. */
  readonly timeoutSeconds: number;
  readonly requirements: readonly Requirement[];
  /** Ids of the agents behind the gate: it is passed anew whenever one of them was created or re-created. */
  readonly agents: readonly pulumi.Input<string>[];
}

/**
 * Holds back what depends on it until a part of the cluster is healthy. Waits in `up` only, never in a preview, and
 * not again while nothing behind it changed.
 */
export class Gate extends pulumi.ComponentResource {
  /** What was found healthy. */
  readonly healthy: pulumi.Output<string>;

  constructor(name: string, args: GateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:health:Gate", name, {}, opts);

    const request: GateRequest = {
      title: args.title,
      timeoutSeconds: args.timeoutSeconds,
      requirements: args.requirements,
    };
    const wait = new command.local.Command(
      `${name}-wait`,
      {
        // A process of its own, because waiting must be a resource: a program that waits would do so in previews too.
        create: "exec node --import tsx components/health/main.ts",
        stdin: JSON.stringify(request),
        triggers: [...args.agents],
        addPreviousOutputInEnv: false,
      },
      // The gate names the unmet condition when its time is up: the engine's own limit must not cut it short.
      {
        parent: this,
        customTimeouts: { create: `${args.timeoutSeconds + 60}s`, update: `${args.timeoutSeconds + 60}s` },
      },
    );

    this.healthy = wait.stdout;
    this.registerOutputs({ healthy: this.healthy });
  }
}
