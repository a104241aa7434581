import { goTime } from "../../../../offline/plugins/nomad/aclToken";
import { goDuration } from "../../../../offline/plugins/nomad/job/duration";
import { flattenJob, flattenSpec } from "../../../../offline/plugins/nomad/job/flatten";
import { allocationFailures, placementFailures, progressOf } from "../../../../offline/plugins/nomad/job/reasons";

const second = 1e9;

test.each([
  [0, "0s"],
  [30 * second, "30s"],
  [1.5 * second, "1.5s"],
  [90 * second, "1m30s"],
  [300 * second, "5m0s"],
  [3600 * second, "1h0m0s"],
  [86_400 * second, "24h0m0s"],
  [250e6, "250ms"],
  [-1500, "-1.5µs"],
  [7, "7ns"],
])("%d ns is written as Go does: %s", (nanoseconds, text) => {
  expect(goDuration(nanoseconds)).toBe(text);
});

test.each([
  ["2026-11-24T09:18:07.123456789Z", "2026-11-24 09:18:07.123456789 +0000 UTC"],
  ["2026-11-24T09:18:07Z", "2026-11-24 09:18:07 +0000 UTC"],
  ["2026-11-24T01:18:07.5+02:00", "2026-11-23 23:18:07.5 +0000 UTC"],
])("%s is written as Go does: %s", (rfc3339, text) => {
  expect(goTime(rfc3339)).toBe(text);
});

test("a job that says nothing has Nomad's zero values", () => {
  expect(flattenJob({ ID: "a" })).toEqual({
    name: "a",
    namespace: "default",
    type: "service",
    datacenters: [],
    taskGroups: [],
    allAtOnce: false,
    constraints: [],
    createIndex: 0,
    modifyIndex: "0",
    parentId: "",
    periodicConfigs: [],
    priority: 0,
    region: "",
    stable: false,
    status: "",
    statusDescription: "",
    stop: false,
    submitTime: "0",
    updateStrategies: [],
    version: 0,
  });
});

test("groups come with tasks and sorted volumes; datacenters are a set", () => {
  const { datacenters, taskGroups } = flattenSpec({
    ID: "a",
    Datacenters: ["dc2", "dc1"],
    TaskGroups: [
      {
        Name: "g",
        Count: null,
        Meta: { a: "b" },
        Update: { MaxParallel: 2, HealthCheck: "checks", MinHealthyTime: 10 * second, AutoRevert: true },
        Tasks: [{ Name: "t", Driver: "docker", VolumeMounts: [{ Volume: "v", Destination: "/d", ReadOnly: null }] }],
        Volumes: {
          z: { Name: "z", Type: "csi", ReadOnly: true, Source: "s" },
          a: { Name: "a", Type: "host", ReadOnly: false, Source: "h" },
        },
      },
    ],
  });
  expect(datacenters).toEqual(["dc1", "dc2"]);
  expect(taskGroups).toEqual([
    {
      name: "g",
      count: 1,
      meta: { a: "b" },
      tasks: [
        { name: "t", driver: "docker", meta: {}, volumeMounts: [{ volume: "v", destination: "/d", readOnly: false }] },
      ],
      updateStrategies: [
        {
          autoRevert: true,
          canary: 0,
          healthCheck: "checks",
          healthyDeadline: "0s",
          maxParallel: 2,
          minHealthyTime: "10s",
          stagger: "0s",
        },
      ],
      volumes: [
        { name: "a", type: "host", readOnly: false, source: "h" },
        { name: "z", type: "csi", readOnly: true, source: "s" },
      ],
    },
  ]);
});

describe("reasons", () => {
  const group = { DesiredTotal: 2, PlacedAllocs: 2, HealthyAllocs: 1, UnhealthyAllocs: 0 };

  test("say how far a deployment is", () => {
    expect(progressOf({ Status: "running", TaskGroups: { a: group, b: { ...group, UnhealthyAllocs: 1 } } })).toBe(
      "deployment running, 2/4 healthy, 1 unhealthy",
    );
  });

  test("say why nothing could be placed", () => {
    expect(
      placementFailures([
        {
          FailedTGAllocs: {
            b: { NodesEvaluated: 3, ConstraintFiltered: { "${attr.kernel.name} = windows": 3 } },
            a: { NodesEvaluated: 1, DimensionExhausted: { memory: 1 } },
            c: { NodesEvaluated: 0 },
          },
        },
        { FailedTGAllocs: null },
      ]),
    ).toEqual([
      "group a: no node could take it: 1 node out of memory",
      "group b: no node could take it: 3 nodes filtered by the constraint ${attr.kernel.name} = windows",
      "group c: no node could take it: none is ready in its datacenters and node pool",
    ]);
  });

  test("show the last events of tasks that are in trouble, newest allocation first", () => {
    const allocation = (ID: string, CreateIndex: number, ClientStatus: string, events: string[]) => ({
      ID,
      Name: ID,
      NodeName: "n1",
      TaskGroup: "g",
      ClientStatus,
      CreateIndex,
      TaskStates: {
        t: { State: "dead", Failed: false, Events: events.map((m) => ({ Type: m, Time: 1, DisplayMessage: `${m}!` })) },
      },
    });
    const failures = allocationFailures([
      allocation("11111111-old", 1, "failed", ["Received", "Driver Failure"]),
      allocation("22222222-new", 2, "running", ["Started", "Terminated", "Restarting"]),
      allocation("33333333-fine", 3, "running", ["Received", "Task Setup", "Started"]),
    ]);
    expect(failures).toEqual([
      "allocation 22222222 on n1 (running): task t: Terminated: Terminated! / Restarting: Restarting!",
      "allocation 11111111 on n1 (failed): task t: Driver Failure: Driver Failure!",
    ]);
  });
});
