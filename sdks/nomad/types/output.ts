/** How an HCL2 jobspec is parsed. */
export interface JobHcl2 {
  /**
   * Lets the jobspec call functions that read the file system of the machine Pulumi runs on.
   * @default false
   */
  allowFs?: boolean;
  /**
   * Values for the jobspec's `variable` blocks, by name. A value is written as after `nomad job run -var name=`:
   * plain text for strings, HCL for lists and maps. A name that the jobspec does not declare is an error.
   * @default no values: every variable needs a default of its own
   */
  vars?: { [name: string]: string };
}

/** A constraint of a job. */
export interface JobConstraint {
  /** Attribute that is constrained, e.g. `${attr.kernel.name}`. */
  ltarget?: string;
  /** Operator, e.g. `=` or `distinct_hosts`. */
  operand?: string;
  /** Value that the attribute is compared with. */
  rtarget?: string;
}

/** The schedule of a periodic job. */
export interface JobPeriodicConfig {
  /** Whether the schedule launches the job. */
  enabled?: boolean;
  /** Whether a launch waits until the one before has ended. */
  prohibitOverlap?: boolean;
  /** The schedule, in the language `specType` names. */
  spec?: string;
  /** Language of `spec`: `cron`. */
  specType?: string;
  /** Time zone that `spec` is read in, e.g. `UTC`. */
  timezone?: string;
}

/** How a job or group is updated. */
export interface JobUpdateStrategy {
  /** Whether a failed deployment goes back to the last stable version. */
  autoRevert?: boolean;
  /** Canary allocations made before any other is replaced. */
  canary?: number;
  /** What makes an allocation healthy: `checks`, `task_states` or `manual`. */
  healthCheck?: string;
  /** Time in which an allocation must become healthy, as a Go duration. */
  healthyDeadline?: string;
  /** Allocations that are replaced at a time. */
  maxParallel?: number;
  /** Time that an allocation must stay healthy, as a Go duration. */
  minHealthyTime?: string;
  /** Pause between batches of a system job, as a Go duration. */
  stagger?: string;
}

/** How a group is updated. */
export interface JobTaskGroupUpdateStrategy extends JobUpdateStrategy {}

/** A volume mounted in a task. */
export interface JobTaskGroupTaskVolumeMount {
  /** Path inside the task. */
  destination?: string;
  /** Whether the task may only read. */
  readOnly?: boolean;
  /** Name of the group's volume. */
  volume?: string;
}

/** A task of a group. */
export interface JobTaskGroupTask {
  /** Task driver, e.g. `docker`. */
  driver?: string;
  /** Metadata of the task. */
  meta?: { [key: string]: string };
  /** Name of the task. */
  name?: string;
  /** Volumes mounted in the task. */
  volumeMounts?: JobTaskGroupTaskVolumeMount[];
}

/** A volume that a group asks for. */
export interface JobTaskGroupVolume {
  /** Name of the volume within the group. */
  name?: string;
  /** Whether the volume is only read. */
  readOnly?: boolean;
  /** Name of the host volume or ID of the CSI volume. */
  source?: string;
  /** `host` or `csi`. */
  type?: string;
}

/** A group of a job. */
export interface JobTaskGroup {
  /** Allocations that the group asks for. */
  count?: number;
  /** Metadata of the group. */
  meta?: { [key: string]: string };
  /** Name of the group. */
  name?: string;
  /** Tasks of the group. */
  tasks?: JobTaskGroupTask[];
  /** How the group is updated: none or one entry. */
  updateStrategies?: JobTaskGroupUpdateStrategy[];
  /** Volumes that the group asks for. */
  volumes?: JobTaskGroupVolume[];
}

/** What jobs of a namespace may use. */
export interface NamespaceCapabilities {
  /** Network modes that are refused. @default none */
  disabledNetworkModes?: string[];
  /** Task drivers that are refused. @default none */
  disabledTaskDrivers?: string[];
  /** Network modes that are allowed. @default all */
  enabledNetworkModes?: string[];
  /** Task drivers that are allowed. @default all */
  enabledTaskDrivers?: string[];
}

/** Consul clusters that jobs of a namespace may use (Nomad Enterprise). */
export interface NamespaceConsulConfig {
  /** Clusters that are allowed. Excludes `denieds`. @default all */
  alloweds?: string[];
  /** Cluster of jobs that name none. @default the server's */
  default?: string;
  /** Clusters that are refused. Excludes `alloweds`. @default none */
  denieds?: string[];
}

/** Node pools that jobs of a namespace may use (Nomad Enterprise). */
export interface NamespaceNodePoolConfig {
  /** Node pools that are allowed. Excludes `denieds`. @default all */
  alloweds?: string[];
  /** Node pool of jobs that name none. @default "default" */
  default?: string;
  /** Node pools that are refused. Excludes `alloweds`. @default none */
  denieds?: string[];
}

/** Vault clusters that jobs of a namespace may use (Nomad Enterprise). */
export interface NamespaceVaultConfig {
  /** Clusters that are allowed. Excludes `denieds`. @default all */
  alloweds?: string[];
  /** Cluster of jobs that name none. @default the server's */
  default?: string;
  /** Clusters that are refused. Excludes `alloweds`. @default none */
  denieds?: string[];
}

/** How jobs are placed in a node pool, where it differs from the cluster (Nomad Enterprise). */
export interface NodePoolSchedulerConfig {
  /** `enabled` or `disabled`. @default the cluster's setting */
  memoryOversubscription?: string;
  /** `binpack` or `spread`. @default the cluster's setting */
  schedulerAlgorithm?: string;
}

/** The workload whose identity a policy is attached to. */
export interface AclPolicyJobAcl {
  /** Group of the job. @default every group */
  group?: string;
  /** ID of the job. @default every job of the namespace */
  jobId?: string;
  /** Namespace of the job. @default "default" */
  namespace?: string;
  /** Task of the group. @default every task */
  task?: string;
}

/** An ACL role linked to a token. */
export interface AclTokenRole {
  /** ID of the role. */
  id: string;
  /** Name of the role; Nomad fills it in. */
  name?: string;
}
