import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "./components/cluster";
import { loadConfig } from "./components/config/load";
import { JobSet } from "./components/jobs/jobSet";
import { readJobSources } from "./components/jobs/read";
import { stackOutputs } from "./components/outputs";
import { planStack } from "./components/stack";
import { warningsOf } from "./components/warnings";

export = async () => {
  const { topology, jobs, secrets } = await planStack(
    loadConfig(),
    await readJobSources(join(__dirname, "jobs")),
    (path) => readFileSync(resolve(__dirname, path), "utf8"),
  );
  for (const warning of warningsOf(topology)) {
    pulumi.log.warn(warning);
  }

  const cluster = new Cluster(topology.cluster.name, { topology, secrets });
  const jobSet = new JobSet("jobs", { jobs }, { providers: { nomad: cluster.nomadProvider } });
  return stackOutputs(topology, cluster, jobSet);
};
