import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { parseConfig } from "../../components/config/parse";
import { planStack } from "../../components/stack";
import { MockEngine } from "../support/mockEngine";

/** A cluster of five servers and so many clients. */
function configuration(clients: number): Record<string, unknown> {
  const host = (name: string, address: string, roles: string[]) => ({
    name,
    address,
    substrate: "ubuntu",
    roles,
  });
  const servers = [1, 2, 3, 4, 5].map((i) => host(`server-${i}`, `10.1.0.${i}`, ["consul-server", "nomad-server"]));
  const others = Array.from({ length: clients }, (_, i) =>
    host(`client-${i}`, `10.2.${Math.floor(i / 250)}.${(i % 250) + 1}`, ["nomad-client"]),
  );
  const ssh = { user: "ops", privateKeyFile: "key", insecureIgnoreHostKey: true };
  return { cluster: { name: "bench" }, ssh, hosts: [...servers, ...others] };
}

/** Prints the seconds from a stack's raw configuration to every resource registered with a mocked engine. */
async function main(clients: number): Promise<void> {
  const engine = await MockEngine.start(pulumi);
  const start = performance.now();
  const { topology, secrets } = await planStack(parseConfig(configuration(clients)), [], () => "a key");
  new Cluster("bench", { topology, secrets });
  await engine.settled();
  console.log((performance.now() - start) / 1000);
}

main(Number(process.argv[2])).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
