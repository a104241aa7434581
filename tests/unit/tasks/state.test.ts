import { protectedResources, recordedContainers, recordedJobs, type StackState } from "../../../tasks/lib/state";

const fabio = "urn:pulumi:dev::hashistack::hashistack:index:Cluster$hashistack:fabio:FabioJob$";

const state: StackState = {
  deployment: {
    resources: [
      { type: "pulumi:pulumi:Stack", urn: "urn:stack" },
      { type: "docker:index/container:Container", urn: "urn:agent", id: "0123" },
      { type: "docker:index/container:Container", urn: "urn:unfinished" },
      { type: "docker:index/volume:Volume", urn: "urn:data", id: "data", protect: true },
      { type: "nomad:index/namespace:Namespace", urn: "urn:batch", id: "batch" },
      { type: "nomad:index/variable:Variable", urn: `${fabio}nomad:index/variable:Variable::key`, id: "key" },
      { type: "nomad:index/job:Job", urn: `${fabio}nomad:index/job:Job::fabio`, id: "fabio" },
      { type: "nomad:index/job:Job", urn: "urn:nginx", id: "nginx" },
    ],
  },
};

test("containers and jobs are told from what else a state records", () => {
  expect(recordedContainers(state).map(({ urn }) => urn)).toEqual(["urn:agent", "urn:unfinished"]);
  // What Fabio's job alone has goes with it; namespaces that clients wait for do not.
  expect(recordedJobs(state).map(({ id }) => id)).toEqual(["key", "fabio", "nginx"]);
});

test("what Pulumi refuses to delete is told from the rest", () => {
  expect(protectedResources(state).map(({ urn }) => urn)).toEqual(["urn:data"]);
  expect(protectedResources({ deployment: {} })).toEqual([]);
});

test("a stack that was never brought up, or was taken down, records none", () => {
  expect(recordedContainers({ deployment: {} })).toEqual([]);
  expect(recordedJobs({ deployment: { resources: [] } })).toEqual([]);
});
