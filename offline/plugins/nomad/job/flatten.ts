import type { ApiJob, ApiTask, ApiTaskGroup, ApiUpdateStrategy } from "./api";
import { goDuration } from "./duration";

/** What a job looks like in the state: the computed outputs of nomad.Job, by property name. */
export type JobOutputs = Record<string, unknown>;

/** The outputs that only the jobspec decides. They are known before the job is registered. */
export function flattenSpec(job: ApiJob): JobOutputs {
  return {
    name: job.ID ?? "",
    namespace: job.Namespace || "default",
    type: job.Type ?? "service",
    datacenters: [...(job.Datacenters ?? [])].sort(),
    taskGroups: (job.TaskGroups ?? []).map(flattenGroup),
  };
}

/** All computed outputs of a job that the servers know. */
export function flattenJob(job: ApiJob): JobOutputs {
  return {
    ...flattenSpec(job),
    allAtOnce: job.AllAtOnce ?? false,
    constraints: (job.Constraints ?? []).map(({ LTarget, RTarget, Operand }) => ({
      ltarget: LTarget,
      operand: Operand,
      rtarget: RTarget,
    })),
    createIndex: job.CreateIndex ?? 0,
    modifyIndex: String(job.JobModifyIndex ?? 0),
    parentId: job.ParentID ?? "",
    periodicConfigs: job.Periodic ? [flattenPeriodic(job.Periodic)] : [],
    priority: job.Priority ?? 0,
    region: job.Region ?? "",
    stable: job.Stable ?? false,
    status: job.Status ?? "",
    statusDescription: job.StatusDescription ?? "",
    stop: job.Stop ?? false,
    submitTime: String(job.SubmitTime ?? 0),
    updateStrategies: flattenUpdate(job.Update),
    version: job.Version ?? 0,
  };
}

function flattenPeriodic(periodic: NonNullable<ApiJob["Periodic"]>) {
  return {
    enabled: periodic.Enabled ?? false,
    prohibitOverlap: periodic.ProhibitOverlap ?? false,
    spec: periodic.Spec ?? "",
    specType: periodic.SpecType ?? "",
    timezone: periodic.TimeZone ?? "",
  };
}

function flattenUpdate(update: ApiUpdateStrategy | null | undefined) {
  if (!update) return [];
  return [
    {
      autoRevert: update.AutoRevert ?? false,
      canary: update.Canary ?? 0,
      healthCheck: update.HealthCheck ?? "",
      healthyDeadline: goDuration(update.HealthyDeadline ?? 0),
      maxParallel: update.MaxParallel ?? 0,
      minHealthyTime: goDuration(update.MinHealthyTime ?? 0),
      stagger: goDuration(update.Stagger ?? 0),
    },
  ];
}

function flattenGroup(group: ApiTaskGroup) {
  const volumes = Object.values(group.Volumes ?? {}).sort((a, b) => (a.Name < b.Name ? -1 : 1));
  return {
    count: group.Count ?? 1,
    meta: group.Meta ?? {},
    name: group.Name ?? "",
    tasks: (group.Tasks ?? []).map(flattenTask),
    updateStrategies: flattenUpdate(group.Update),
    volumes: volumes.map(({ Name, ReadOnly, Source, Type }) => ({
      name: Name,
      readOnly: ReadOnly,
      source: Source,
      type: Type,
    })),
  };
}

function flattenTask(task: ApiTask) {
  return {
    driver: task.Driver,
    meta: task.Meta ?? {},
    name: task.Name,
    volumeMounts: (task.VolumeMounts ?? []).map(({ Destination, ReadOnly, Volume }) => ({
      destination: Destination ?? "",
      readOnly: ReadOnly ?? false,
      volume: Volume ?? "",
    })),
  };
}
