import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { tokens } from "../tokens";
import type { JobPlan } from "./plan";

export interface JobSetArgs {
  /** Jobs to register, each already checked. */
  readonly jobs: readonly JobPlan[];
}

/** Registers jobs and waits until each one's deployment is healthy. The Nomad provider comes through `providers`. */
export class JobSet extends pulumi.ComponentResource {
  /** Deployment status of each job, by name. */
  readonly statuses: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: JobSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.jobSet, name, {}, opts);

    const statuses: Record<string, pulumi.Output<string>> = {};
    for (const plan of args.jobs) {
      const job = new nomad.Job(
        plan.name,
        {
          jobspec: plan.jobspec,
          detach: false,
          // A job that someone stopped by hand is run again: the program says what runs.
          rerunIfDead: true,
          ...(Object.keys(plan.vars).length > 0 ? { hcl2: { vars: plan.vars } } : {}),
        },
        {
          parent: this,
          // A replaced job often keeps its id: registering first would let the deregistration take the new one away.
          deleteBeforeReplace: true,
          // Nomad's own progress deadline is ten minutes; the provider would give up after five.
          customTimeouts: { create: "12m", update: "12m" },
        },
      );
      statuses[plan.name] = job.status;
    }

    this.statuses = pulumi.output(statuses);
    this.registerOutputs({ statuses: this.statuses });
  }
}
