import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { parseConfig } from "../../components/config/parse";
import { planStack } from "../../components/stack";
import { MockEngine } from "../support/mockEngine";
import { manyClients } from "./inventory";

/** Prints the seconds from a stack's raw configuration to every resource registered with a mocked engine. */
async function main(clients: number): Promise<void> {
  const engine = await MockEngine.start(pulumi);
  const start = performance.now();
  const { topology, secrets } = await planStack(parseConfig(manyClients(clients)), [], () => "a key");
  new Cluster("bench", { topology, secrets });
  await engine.settled();
  console.log((performance.now() - start) / 1000);
}

main(Number(process.argv[2])).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
