import type * as pulumi from "@pulumi/pulumi";

/** Login through one of Nomad's JWT authentication methods, in place of a token. */
export interface ProviderAuthJwt {
  /** Name of Nomad's auth method. */
  authMethod: pulumi.Input<string>;
  /** The JWT that is exchanged for a Nomad ACL token. */
  loginToken: pulumi.Input<string>;
}

/** One HTTP header that is sent with every request to Nomad. */
export interface ProviderHeader {
  /** Name of the header. */
  name: pulumi.Input<string>;
  /** Value of the header. Treated as a secret. */
  value: pulumi.Input<string>;
}

/** How an HCL2 jobspec is parsed. */
export interface JobHcl2 {
  /**
   * Lets the jobspec call functions that read the file system of the machine Pulumi runs on.
   * @default false
   */
  allowFs?: pulumi.Input<boolean>;
  /**
   * Values for the jobspec's `variable` blocks, by name. A value is written as after `nomad job run -var name=`:
   * plain text for strings, HCL for lists and maps. A name that the jobspec does not declare is an error.
   * @default no values: every variable needs a default of its own
   */
  vars?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
}

/** A constraint of a job (lookup only). */
export interface JobConstraint {
  /** Attribute that is constrained, e.g. `${attr.kernel.name}`. */
  ltarget?: pulumi.Input<string>;
  /** Operator, e.g. `=` or `distinct_hosts`. */
  operand?: pulumi.Input<string>;
  /** Value that the attribute is compared with. */
  rtarget?: pulumi.Input<string>;
}

/** The schedule of a periodic job (lookup only). */
export interface JobPeriodicConfig {
  /** Whether the schedule launches the job. */
  enabled?: pulumi.Input<boolean>;
  /** Whether a launch waits until the one before has ended. */
  prohibitOverlap?: pulumi.Input<boolean>;
  /** The schedule, in the language `specType` names. */
  spec?: pulumi.Input<string>;
  /** Language of `spec`: `cron`. */
  specType?: pulumi.Input<string>;
  /** Time zone that `spec` is read in, e.g. `UTC`. */
  timezone?: pulumi.Input<string>;
}

/** How a job or group is updated (lookup only). */
export interface JobUpdateStrategy {
  /** Whether a failed deployment goes back to the last stable version. */
  autoRevert?: pulumi.Input<boolean>;
  /** Canary allocations made before any other is replaced. */
  canary?: pulumi.Input<number>;
  /** What makes an allocation healthy: `checks`, `task_states` or `manual`. */
  healthCheck?: pulumi.Input<string>;
  /** Time in which an allocation must become healthy, as a Go duration. */
  healthyDeadline?: pulumi.Input<string>;
  /** Allocations that are replaced at a time. */
  maxParallel?: pulumi.Input<number>;
  /** Time that an allocation must stay healthy, as a Go duration. */
  minHealthyTime?: pulumi.Input<string>;
  /** Pause between batches of a system job, as a Go duration. */
  stagger?: pulumi.Input<string>;
}

/** How a group is updated (lookup only). */
export interface JobTaskGroupUpdateStrategy extends JobUpdateStrategy {}

/** A volume mounted in a task (lookup only). */
export interface JobTaskGroupTaskVolumeMount {
  /** Path inside the task. */
  destination?: pulumi.Input<string>;
  /** Whether the task may only read. */
  readOnly?: pulumi.Input<boolean>;
  /** Name of the group's volume. */
  volume?: pulumi.Input<string>;
}

/** A task of a group (lookup only). */
export interface JobTaskGroupTask {
  /** Task driver, e.g. `docker`. */
  driver?: pulumi.Input<string>;
  /** Metadata of the task. */
  meta?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Name of the task. */
  name?: pulumi.Input<string>;
  /** Volumes mounted in the task. */
  volumeMounts?: pulumi.Input<pulumi.Input<JobTaskGroupTaskVolumeMount>[]>;
}

/** A volume that a group asks for (lookup only). */
export interface JobTaskGroupVolume {
  /** Name of the volume within the group. */
  name?: pulumi.Input<string>;
  /** Whether the volume is only read. */
  readOnly?: pulumi.Input<boolean>;
  /** Name of the host volume or ID of the CSI volume. */
  source?: pulumi.Input<string>;
  /** `host` or `csi`. */
  type?: pulumi.Input<string>;
}

/** A group of a job (lookup only). */
export interface JobTaskGroup {
  /** Allocations that the group asks for. */
  count?: pulumi.Input<number>;
  /** Metadata of the group. */
  meta?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Name of the group. */
  name?: pulumi.Input<string>;
  /** Tasks of the group. */
  tasks?: pulumi.Input<pulumi.Input<JobTaskGroupTask>[]>;
  /** How the group is updated: none or one entry. */
  updateStrategies?: pulumi.Input<pulumi.Input<JobTaskGroupUpdateStrategy>[]>;
  /** Volumes that the group asks for. */
  volumes?: pulumi.Input<pulumi.Input<JobTaskGroupVolume>[]>;
}

/** What jobs of a namespace may use. */
export interface NamespaceCapabilities {
  /** Network modes that are refused. @default none */
  disabledNetworkModes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Task drivers that are refused. @default none */
  disabledTaskDrivers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Network modes that are allowed. @default all */
  enabledNetworkModes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Task drivers that are allowed. @default all */
  enabledTaskDrivers?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Consul clusters that jobs of a namespace may use (Nomad Enterprise). */
export interface NamespaceConsulConfig {
  /** Clusters that are allowed. Excludes `denieds`. @default all */
  alloweds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Cluster of jobs that name none. @default the server's */
  default?: pulumi.Input<string>;
  /** Clusters that are refused. Excludes `alloweds`. @default none */
  denieds?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Node pools that jobs of a namespace may use (Nomad Enterprise). */
export interface NamespaceNodePoolConfig {
  /** Node pools that are allowed. Excludes `denieds`. @default all */
  alloweds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Node pool of jobs that name none. @default "default" */
  default?: pulumi.Input<string>;
  /** Node pools that are refused. Excludes `alloweds`. @default none */
  denieds?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Vault clusters that jobs of a namespace may use (Nomad Enterprise). */
export interface NamespaceVaultConfig {
  /** Clusters that are allowed. Excludes `denieds`. @default all */
  alloweds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Cluster of jobs that name none. @default the server's */
  default?: pulumi.Input<string>;
  /** Clusters that are refused. Excludes `alloweds`. @default none */
  denieds?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How jobs are placed in a node pool, where it differs from the cluster (Nomad Enterprise). */
export interface NodePoolSchedulerConfig {
  /** `enabled` or `disabled`. @default the cluster's setting */
  memoryOversubscription?: pulumi.Input<string>;
  /** `binpack` or `spread`. @default the cluster's setting */
  schedulerAlgorithm?: pulumi.Input<string>;
}

/** The workload whose identity a policy is attached to. */
export interface AclPolicyJobAcl {
  /** Group of the job. @default every group */
  group?: pulumi.Input<string>;
  /** ID of the job. @default every job of the namespace */
  jobId?: pulumi.Input<string>;
  /** Namespace of the job. @default "default" */
  namespace?: pulumi.Input<string>;
  /** Task of the group. @default every task */
  task?: pulumi.Input<string>;
}

/** An ACL role linked to a token. */
export interface AclTokenRole {
  /** ID of the role. */
  id: pulumi.Input<string>;
  /** Name of the role; Nomad fills it in. */
  name?: pulumi.Input<string>;
}
