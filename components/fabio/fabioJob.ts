import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { Gate } from "../health/gate";
import { ingressRequirement } from "../health/list";
import type { Access } from "../health/requirement";
import type { Security } from "../security/security";
import { tokens } from "../tokens";
import type { Topology } from "../topology";
import { certificatePath, renderFabioJob } from "./job";
import type { FabioJobPlan } from "./jobPlan";
import { refusesHeldPorts } from "./portsHeld";
import type { IngressCertificate } from "./secretFiles";

export interface FabioJobArgs {
  readonly plan: FabioJobPlan;
  readonly topology: Topology;
  readonly security: Security;
  /** What the gate, and whoever asks for the job, shows to the servers. */
  readonly access?: pulumi.Output<Access>;
  /** Of the HTTPS proxy; absent where there is none. */
  readonly certificate?: IngressCertificate;
  /** Ids of the agents below it: its gate is passed anew whenever one of them was re-created. */
  readonly agents: readonly pulumi.Input<string>[];
}

/** Fabio as a system job of Nomad, with a namespace and a certificate of its own. The provider comes through `providers`. */
export class FabioJob extends pulumi.ComponentResource {
  /** Open once every ingress host is served. */
  readonly gate: Gate;
  /** Status of the job. */
  readonly status: pulumi.Output<string>;

  constructor(name: string, args: FabioJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.fabioJob, name, {}, opts);
    const { plan, topology, security, access } = args;
    const own = { parent: this };

    const namespace = new nomad.Namespace(
      `${name}-namespace`,
      { name: plan.namespace, description: "Fabio alone: its tasks may do in Consul what Fabio may" },
      own,
    );
    const certificate = args.certificate && this.keep(`${name}-certificate`, plan, args.certificate, namespace);
    const job = new nomad.Job(
      `${name}-job`,
      {
        jobspec: pulumi
          .output(security.ca)
          .apply((ca) => renderFabioJob(plan, { ca, certificate: args.certificate?.cert })),
        json: true,
        detach: false,
        rerunIfDead: true,
        purgeOnDestroy: true,
      },
      {
        ...own,
        dependsOn: [namespace, ...(certificate ? [certificate] : [])],
        deleteBeforeReplace: true,
        // As long as Nomad itself waits for progress, and then some.
        customTimeouts: { create: "12m", update: "12m" },
        hooks: { beforeCreate: [refusesHeldPorts(`${name}-ports`, topology, access)] },
      },
    );

    this.status = job.status;
    this.gate = new Gate(
      `${name}-gate`,
      {
        title: `Ingress of cluster ${topology.cluster.name}`,
        timeoutSeconds: topology.healthTimeoutSeconds,
        requirements: [ingressRequirement(topology)],
        access,
        agents: [job.modifyIndex, ...args.agents],
      },
      { ...own, dependsOn: [job] },
    );
    this.registerOutputs({ gate: this.gate.healthy, status: this.status });
  }

  /** Puts the certificate where the job's task, and nobody else, may read it. */
  private keep(
    name: string,
    plan: FabioJobPlan,
    certificate: IngressCertificate,
    namespace: pulumi.Resource,
  ): nomad.Variable {
    return new nomad.Variable(
      name,
      { namespace: plan.namespace, path: certificatePath(plan), items: pulumi.secret({ ...certificate }) },
      // The path names it: a second one beside it is the same one.
      { parent: this, dependsOn: [namespace], deleteBeforeReplace: true, additionalSecretOutputs: ["items"] },
    );
  }
}
