import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/cluster";
import { parseConfig } from "../../components/config/parse";
import { planStack } from "../../components/stack";

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

/** Seconds from a stack's raw configuration to every resource registered with a mocked engine. */
export async function measurePlanning(sizes: readonly number[]): Promise<{ clients: number; seconds: number }[]> {
  const results: { clients: number; seconds: number }[] = [];
  for (const clients of sizes) {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({
        id: name,
        state: { imageId: name, mountpoint: `/volumes/${name}`, ...inputs },
      }),
    });
    const start = performance.now();
    const { topology, secrets } = await planStack(parseConfig(configuration(clients)), [], () => "a key");
    const cluster = new Cluster(`bench-${clients}`, { topology, secrets });
    await new Promise((done) => cluster.healthy.apply(done));
    // Outputs of components are registered last; the next size must not get them.
    await pulumi.runtime.disconnect();
    results.push({ clients, seconds: (performance.now() - start) / 1000 });
  }
  return results;
}
