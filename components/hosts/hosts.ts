import type * as pulumi from "@pulumi/pulumi";
import { DockerHost } from "./dockerHost";
import type { Host } from "./host";
import type { HostPlan, SshSecrets } from "./plan";
import { UbuntuHost } from "./ubuntu/ubuntuHost";

/** Hosts by name. */
export type Hosts = ReadonlyMap<string, Host>;

export interface HostsArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  /** Images that each host will run, where it runs agents in containers; by the host's name. */
  readonly images: ReadonlyMap<string, readonly string[]>;
  /** What SSH needs, by the host's name. */
  readonly secrets: ReadonlyMap<string, SshSecrets>;
}

/** Makes every host, on its substrate. */
export function createHosts(
  hosts: readonly HostPlan[],
  args: HostsArgs,
  opts?: pulumi.ComponentResourceOptions,
): Hosts {
  return new Map(
    hosts.map(({ name, substrate }): [string, Host] => {
      const common = { hostName: name, cluster: args.cluster, secrets: args.secrets.get(name) ?? {} };
      switch (substrate.kind) {
        case "docker":
          return [name, new DockerHost(name, { ...common, substrate, images: args.images.get(name) ?? [] }, opts)];
        case "ubuntu":
          return [name, new UbuntuHost(name, { ...common, substrate }, opts)];
        default:
          return substrate satisfies never;
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
