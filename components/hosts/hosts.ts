import type * as pulumi from "@pulumi/pulumi";
import type { Topology } from "../topology";
import { DockerHost } from "./dockerHost";
import type { Host } from "./host";

/** Hosts by name. */
export type Hosts = ReadonlyMap<string, Host>;

/** Makes every host of the topology, on its substrate. */
export function createHosts(topology: Topology, opts?: pulumi.ComponentResourceOptions): Hosts {
  const images = imagesByHost(topology);
  return new Map(
    topology.hosts.map((plan): [string, Host] => {
      switch (plan.substrate) {
        case "docker":
          return [
            plan.name,
            new DockerHost(
              plan.name,
              {
                cluster: topology.cluster.name,
                hostName: plan.name,
                endpoint: plan.endpoint,
                images: images.get(plan.name) ?? [],
              },
              opts,
            ),
          ];
        default:
          return plan.substrate satisfies never;
      }
    }),
  );
}

/** The host of that name; the topology names no other. */
export function hostOf(hosts: Hosts, name: string): Host {
  const host = hosts.get(name);
  if (host === undefined) {
    throw new Error(`host ${name} is planned but was not created; there are ${[...hosts.keys()].join(", ")}`);
  }
  return host;
}

function imagesByHost(topology: Topology): Map<string, string[]> {
  const { consulServers, consulClients, nomadServers, nomadClients, fabios } = topology;
  const images = new Map<string, string[]>();
  for (const { host, image } of [consulServers, consulClients, nomadServers, nomadClients, fabios].flat()) {
    images.set(host, [...(images.get(host) ?? []), image]);
  }
  return images;
}
