import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { hasPulumiType, requireInput, resourceOptsDefaults } from "./utilities";

/**
 * A job registered in Nomad from a jobspec.
 *
 * By default the resource counts as created as soon as Nomad has taken the job. With `detach: false` it waits for the
 * deployment to succeed, for at most five minutes (`customTimeouts` changes that). Comments, whitespace and order are
 * no change: jobspecs are compared as parsed. A change of the job's ID or namespace replaces the resource; set
 * `deleteBeforeReplace` where a replacement could keep the job's ID.
 */
export class Job extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = "nomad:index/job:Job";

  /**
   * Reads a job that exists and is not managed by this stack.
   *
   * @param name Name of the resource in the stack.
   * @param id ID of the job in Nomad.
   * @param state What is already known of it, e.g. its namespace.
   * @param opts Pulumi's options.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: JobState,
    opts?: pulumi.CustomResourceOptions,
  ): Job {
    return new Job(name, state as JobArgs, { ...opts, id });
  }

  /** True if the object is a `Job`, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is Job {
    return hasPulumiType(obj, Job.__pulumiType);
  }

  /** Whether the scheduler may place part of a group when nodes are short of resources. From the jobspec. */
  declare public readonly allAtOnce: pulumi.Output<boolean>;
  /**
   * IDs of the job's allocations, if `readAllocationIds` is set; empty otherwise.
   * @deprecated Ask Nomad for the allocations of a job instead.
   */
  declare public readonly allocationIds: pulumi.Output<string[]>;
  /** Constraints on the whole job. From the jobspec. */
  declare public readonly constraints: pulumi.Output<outputs.JobConstraint[]>;
  /** Raft index at which the job was first registered. */
  declare public readonly createIndex: pulumi.Output<number>;
  /** Datacenters that the job may run in. From the jobspec. */
  declare public readonly datacenters: pulumi.Output<string[]>;
  /** ID of the deployment that the last create or update waited for; empty with `detach` or without a deployment. */
  declare public readonly deploymentId: pulumi.Output<string>;
  /** Status of that deployment, e.g. `successful`. */
  declare public readonly deploymentStatus: pulumi.Output<string>;
  /** See {@link JobArgs.deregisterOnDestroy}. */
  declare public readonly deregisterOnDestroy: pulumi.Output<boolean | undefined>;
  /** See {@link JobArgs.deregisterOnIdChange}. */
  declare public readonly deregisterOnIdChange: pulumi.Output<boolean | undefined>;
  /** See {@link JobArgs.detach}. */
  declare public readonly detach: pulumi.Output<boolean | undefined>;
  /** See {@link JobArgs.hcl2}. */
  declare public readonly hcl2: pulumi.Output<outputs.JobHcl2 | undefined>;
  /** The jobspec; see {@link JobArgs.jobspec}. */
  declare public readonly jobspec: pulumi.Output<string>;
  /** See {@link JobArgs.json}. */
  declare public readonly json: pulumi.Output<boolean | undefined>;
  /** Raft index at which the job was last registered, in decimal. The next update is refused if it has moved since. */
  declare public readonly modifyIndex: pulumi.Output<string>;
  /** ID of the job. From the jobspec. */
  declare public readonly name: pulumi.Output<string>;
  /** Namespace of the job. From the jobspec. */
  declare public readonly namespace: pulumi.Output<string>;
  /** ID of the job that this one was launched from, for periodic and parameterized jobs; empty otherwise. */
  declare public readonly parentId: pulumi.Output<string>;
  /** Schedule of a periodic job: none or one entry. From the jobspec. */
  declare public readonly periodicConfigs: pulumi.Output<outputs.JobPeriodicConfig[]>;
  /** See {@link JobArgs.policyOverride}. */
  declare public readonly policyOverride: pulumi.Output<boolean | undefined>;
  /** See {@link JobArgs.preserveCounts}. */
  declare public readonly preserveCounts: pulumi.Output<boolean | undefined>;
  /** Priority of the job, 1 to 100 by default. From the jobspec. */
  declare public readonly priority: pulumi.Output<number>;
  /** See {@link JobArgs.purgeOnDestroy}. */
  declare public readonly purgeOnDestroy: pulumi.Output<boolean | undefined>;
  /**
   * See {@link JobArgs.readAllocationIds}.
   * @deprecated Ask Nomad for the allocations of a job instead.
   */
  declare public readonly readAllocationIds: pulumi.Output<boolean | undefined>;
  /** Region of the job. From the jobspec, else the server's. */
  declare public readonly region: pulumi.Output<string>;
  /** See {@link JobArgs.rerunIfDead}. */
  declare public readonly rerunIfDead: pulumi.Output<boolean | undefined>;
  /** Whether this version of the job has been deployed with success. */
  declare public readonly stable: pulumi.Output<boolean>;
  /** Status of the job: `pending`, `running` or `dead`. */
  declare public readonly status: pulumi.Output<string>;
  /** Nomad's words on the status; mostly empty. */
  declare public readonly statusDescription: pulumi.Output<string>;
  /** Whether the job was stopped. */
  declare public readonly stop: pulumi.Output<boolean>;
  /** When the job was registered: Unix time in nanoseconds, in decimal. */
  declare public readonly submitTime: pulumi.Output<string>;
  /** Groups of the job. From the jobspec. */
  declare public readonly taskGroups: pulumi.Output<outputs.JobTaskGroup[]>;
  /** `service`, `batch`, `system` or `sysbatch`. From the jobspec. */
  declare public readonly type: pulumi.Output<string>;
  /** How the whole job is updated: none or one entry. From the jobspec. */
  declare public readonly updateStrategies: pulumi.Output<outputs.JobUpdateStrategy[]>;
  /** Version of the job: 0 at first, one more with every change. */
  declare public readonly version: pulumi.Output<number>;

  /**
   * @param name Name of the resource in the stack.
   * @param args The jobspec and what to do with it.
   * @param opts Pulumi's options.
   * @throws Error without `jobspec`.
   */
  constructor(name: string, args: JobArgs, opts?: pulumi.CustomResourceOptions) {
    const known: JobState | undefined = opts?.id ? args : undefined;
    if (!opts?.id) requireInput(args, "jobspec", opts ?? {});
    const properties: pulumi.Inputs = {
      deregisterOnDestroy: args?.deregisterOnDestroy,
      deregisterOnIdChange: args?.deregisterOnIdChange,
      detach: args?.detach,
      hcl2: args?.hcl2,
      jobspec: args?.jobspec,
      json: args?.json,
      policyOverride: args?.policyOverride,
      preserveCounts: args?.preserveCounts,
      purgeOnDestroy: args?.purgeOnDestroy,
      readAllocationIds: args?.readAllocationIds,
      rerunIfDead: args?.rerunIfDead,
      // Named even when unknown, so that they are outputs of the resource from the start.
      allAtOnce: known?.allAtOnce,
      allocationIds: known?.allocationIds,
      constraints: known?.constraints,
      createIndex: known?.createIndex,
      datacenters: known?.datacenters,
      deploymentId: known?.deploymentId,
      deploymentStatus: known?.deploymentStatus,
      modifyIndex: known?.modifyIndex,
      name: known?.name,
      namespace: known?.namespace,
      parentId: known?.parentId,
      periodicConfigs: known?.periodicConfigs,
      priority: known?.priority,
      region: known?.region,
      stable: known?.stable,
      status: known?.status,
      statusDescription: known?.statusDescription,
      stop: known?.stop,
      submitTime: known?.submitTime,
      taskGroups: known?.taskGroups,
      type: known?.type,
      updateStrategies: known?.updateStrategies,
      version: known?.version,
    };
    super(Job.__pulumiType, name, properties, pulumi.mergeOptions(resourceOptsDefaults(), opts));
  }
}

/** What a {@link Job} is to be. */
export interface JobArgs {
  /** Whether destroying the resource stops the job. @default true */
  deregisterOnDestroy?: pulumi.Input<boolean>;
  /** Whether a changed job ID stops the job of the old ID; if not, the old job is left running. @default true */
  deregisterOnIdChange?: pulumi.Input<boolean>;
  /** Whether to go on as soon as Nomad has taken the job, instead of waiting for its deployment. @default true */
  detach?: pulumi.Input<boolean>;
  /** How the HCL2 jobspec is parsed: its variables above all. @default no variables, no file system functions */
  hcl2?: pulumi.Input<inputs.JobHcl2>;
  /** The jobspec itself (not its path): HCL2, or JSON with `json: true`. */
  jobspec: pulumi.Input<string>;
  /** Whether `jobspec` is JSON, as `nomad job run -output` prints it. @default false */
  json?: pulumi.Input<boolean>;
  /** Whether to register in spite of failing soft-mandatory Sentinel policies (Nomad Enterprise). @default false */
  policyOverride?: pulumi.Input<boolean>;
  /** Whether an update keeps the groups' current counts, e.g. an autoscaler's, over the jobspec's. @default false */
  preserveCounts?: pulumi.Input<boolean>;
  /** Whether destroying the resource also makes Nomad forget the job and its versions at once. @default false */
  purgeOnDestroy?: pulumi.Input<boolean>;
  /**
   * Whether to read the IDs of the job's allocations into the state.
   * @default false
   * @deprecated Ask Nomad for the allocations of a job instead.
   */
  readAllocationIds?: pulumi.Input<boolean>;
  /** Whether to register the job again if it is found `dead`, e.g. a batch job that has ended. @default false */
  rerunIfDead?: pulumi.Input<boolean>;
}

/** What is known of a job that {@link Job.get} looks up. */
export interface JobState extends Partial<JobArgs> {
  /** Whether the scheduler may place part of a group. */
  allAtOnce?: pulumi.Input<boolean>;
  /** IDs of the job's allocations. @deprecated Ask Nomad for the allocations of a job instead. */
  allocationIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Constraints on the whole job. */
  constraints?: pulumi.Input<pulumi.Input<inputs.JobConstraint>[]>;
  /** Raft index at which the job was first registered. */
  createIndex?: pulumi.Input<number>;
  /** Datacenters that the job may run in. */
  datacenters?: pulumi.Input<pulumi.Input<string>[]>;
  /** ID of the deployment that was waited for. */
  deploymentId?: pulumi.Input<string>;
  /** Status of that deployment. */
  deploymentStatus?: pulumi.Input<string>;
  /** Raft index at which the job was last registered, in decimal. */
  modifyIndex?: pulumi.Input<string>;
  /** ID of the job. */
  name?: pulumi.Input<string>;
  /** Namespace of the job. */
  namespace?: pulumi.Input<string>;
  /** ID of the job that this one was launched from. */
  parentId?: pulumi.Input<string>;
  /** Schedule of a periodic job. */
  periodicConfigs?: pulumi.Input<pulumi.Input<inputs.JobPeriodicConfig>[]>;
  /** Priority of the job. */
  priority?: pulumi.Input<number>;
  /** Region of the job. */
  region?: pulumi.Input<string>;
  /** Whether this version has been deployed with success. */
  stable?: pulumi.Input<boolean>;
  /** `pending`, `running` or `dead`. */
  status?: pulumi.Input<string>;
  /** Nomad's words on the status. */
  statusDescription?: pulumi.Input<string>;
  /** Whether the job was stopped. */
  stop?: pulumi.Input<boolean>;
  /** When the job was registered: Unix time in nanoseconds, in decimal. */
  submitTime?: pulumi.Input<string>;
  /** Groups of the job. */
  taskGroups?: pulumi.Input<pulumi.Input<inputs.JobTaskGroup>[]>;
  /** `service`, `batch`, `system` or `sysbatch`. */
  type?: pulumi.Input<string>;
  /** How the whole job is updated. */
  updateStrategies?: pulumi.Input<pulumi.Input<inputs.JobUpdateStrategy>[]>;
  /** Version of the job. */
  version?: pulumi.Input<number>;
}
