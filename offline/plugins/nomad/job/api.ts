/** The parts of Nomad's API that jobs use, as the servers send them. Times are nanoseconds. */

export interface ApiUpdateStrategy {
  Stagger?: number | null;
  MaxParallel?: number | null;
  HealthCheck?: string | null;
  MinHealthyTime?: number | null;
  HealthyDeadline?: number | null;
  AutoRevert?: boolean | null;
  Canary?: number | null;
}

export interface ApiTask {
  Name: string;
  Driver: string;
  Meta?: Record<string, string> | null;
  VolumeMounts?: { Volume?: string | null; Destination?: string | null; ReadOnly?: boolean | null }[] | null;
}

export interface ApiTaskGroup {
  Name?: string | null;
  Count?: number | null;
  Meta?: Record<string, string> | null;
  Update?: ApiUpdateStrategy | null;
  Tasks?: ApiTask[] | null;
  Volumes?: Record<string, { Name: string; Type: string; ReadOnly: boolean; Source: string }> | null;
}

export interface ApiJob {
  ID?: string | null;
  Name?: string | null;
  Namespace?: string | null;
  Region?: string | null;
  Type?: string | null;
  Datacenters?: string[] | null;
  Priority?: number | null;
  AllAtOnce?: boolean | null;
  ParentID?: string | null;
  Stable?: boolean | null;
  Status?: string | null;
  StatusDescription?: string | null;
  Stop?: boolean | null;
  /** Kept as text: it is too large for a number. */
  SubmitTime?: number | string | null;
  Version?: number | null;
  CreateIndex?: number | null;
  JobModifyIndex?: number | null;
  Constraints?: { LTarget: string; RTarget: string; Operand: string }[] | null;
  Update?: ApiUpdateStrategy | null;
  Periodic?: {
    Enabled?: boolean | null;
    Spec?: string | null;
    SpecType?: string | null;
    ProhibitOverlap?: boolean | null;
    TimeZone?: string | null;
  } | null;
  TaskGroups?: ApiTaskGroup[] | null;
  [field: string]: unknown;
}

/** Why allocations of a group could not be placed. */
export interface ApiPlacementMetric {
  NodesEvaluated?: number;
  NodesFiltered?: number;
  NodesExhausted?: number;
  ConstraintFiltered?: Record<string, number> | null;
  ClassFiltered?: Record<string, number> | null;
  DimensionExhausted?: Record<string, number> | null;
  CoalescedFailures?: number;
}

export interface ApiEvaluation {
  ID: string;
  Status: string;
  StatusDescription?: string;
  NextEval?: string;
  BlockedEval?: string;
  DeploymentID?: string;
  FailedTGAllocs?: Record<string, ApiPlacementMetric> | null;
}

export interface ApiDeployment {
  ID: string;
  Status: string;
  StatusDescription: string;
  JobID: string;
  TaskGroups: Record<
    string,
    { DesiredTotal: number; PlacedAllocs: number; HealthyAllocs: number; UnhealthyAllocs: number }
  >;
}

export interface ApiTaskEvent {
  Type: string;
  Time: number | string;
  DisplayMessage?: string;
  Message?: string;
}

export interface ApiAllocationStub {
  ID: string;
  Name: string;
  NodeName: string;
  TaskGroup: string;
  ClientStatus: string;
  ClientDescription?: string;
  CreateIndex: number;
  TaskStates?: Record<string, { State: string; Failed: boolean; Events?: ApiTaskEvent[] | null }> | null;
}

export interface ApiSubmission {
  Source: string;
  Format: string;
  VariableFlags?: Record<string, string> | null;
  Variables?: string;
}
