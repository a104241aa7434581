import * as pulumi from "@pulumi/pulumi";
import { runProcess } from "../process";
import { tokens } from "../tokens";
import type { Access, GateRequest, Requirement } from "./requirement";

export interface GateArgs {
  /** What waits, for people: "Consul server sandbox". */
  readonly title: string;
  /** Seconds after which the gate gives up. */
  readonly timeoutSeconds: number;
  readonly requirements: readonly Requirement[];
  /** What a locked cluster wants to see. */
  readonly access?: pulumi.Output<Access>;
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
    super(tokens.gate, name, {}, opts);

    const question: GateRequest = {
      title: args.title,
      timeoutSeconds: args.timeoutSeconds,
      requirements: args.requirements,
    };
    const wait = runProcess(
      `${name}-wait`,
      {
        program: "components/health/main.ts",
        request: args.access ? args.access.apply((access) => ({ ...question, access })) : question,
        // The gate names the unmet condition when its time is up: the engine's own limit must not cut it short.
        limitSeconds: args.timeoutSeconds + 60,
        triggers: args.agents,
      },
      // What a component depends on is not what its children depend on: that must be said to them.
      { parent: this, dependsOn: opts?.dependsOn },
    );

    this.healthy = wait.stdout;
    this.registerOutputs({ healthy: this.healthy });
  }
}
