import type * as pulumi from "@pulumi/pulumi";

/** Software that hosts run. */
export type Product = "consul" | "nomad" | "fabio";

/** A file that an agent reads, with nothing secret in it: previews show how it changes. */
export interface AgentFile {
  /** Path below the agent's configuration directory, such as `consul.json`. */
  readonly name: string;
  /** Its text, once the host has said where the agent's directories lie. */
  readonly content: (directories: AgentDirectories) => string;
}

/** A file that only the agent may read (0600): keys, tokens and what belongs to them. */
export interface SecretFile {
  /** Path below the agent's configuration directory, such as `tls/key.pem`. */
  readonly name: string;
  /** Its text: a secret from birth. */
  readonly content: pulumi.Output<string>;
}

/** Where an agent finds what is its own, as the agent sees it. */
export interface AgentDirectories {
  /** Absolute path of its configuration, such as `/etc/consul-server.d`. */
  readonly configuration: string;
  /** Absolute path of its durable data. */
  readonly data: string;
}

/** Where an agent finds its data in a container, unless it shares the path with the host. */
export const containerData = "/var/lib/agent";

/** Configuration directory of an agent: the same on every substrate, so that people find it by its name. */
export function configurationOf(agent: string): string {
  return `/etc/${agent}.d`;
}

/** A long-running process of the cluster, as far as a host needs to know it. */
export interface AgentSpec {
  /** Name among the agents of its host, such as `consul-server`. */
  readonly name: string;
  /** What is run: also the name of the program. */
  readonly product: Product;
  /** Version of the product, such as `1.22.7`. */
  readonly version: string;
  /** Image with its tag, for hosts that run agents in containers. */
  readonly image: string;
  /** Arguments of the program; given the configuration directory. */
  readonly arguments: (directories: AgentDirectories) => readonly string[];
  /** Environment of the program: names of files and the like, nothing secret. @default none */
  readonly environment?: (directories: AgentDirectories) => Readonly<Record<string, string>>;
  /** Arguments with which the program checks a configuration directory; absent where it cannot. */
  readonly validate?: (configuration: string) => readonly string[];
  readonly files: readonly AgentFile[];
  readonly secretFiles: readonly SecretFile[];
  /** Whether it keeps data that must outlive it. */
  readonly durable: boolean;
  /** Whether Pulumi refuses to delete what holds that data. @default false */
  readonly protect?: boolean;
  /**
   * Set for an agent that runs other programs on the host: it gets what that takes, and whatever it leaves behind is
   * removed with the host. `owner` is the value of the label by which its containers are known.
   */
  readonly runsTasks?: { readonly label: string; readonly owner: string; readonly drivers: readonly string[] };
}

/** An agent that a host keeps running. */
export interface RunningAgent {
  /** Changes whenever the agent was created or started anew. */
  readonly id: pulumi.Output<string>;
  /** What to wait for before the agent can be said to have started. */
  readonly resource: pulumi.Resource;
}

/** A machine, whatever its substrate. */
export interface Host {
  readonly name: string;
  /** Runs an agent and keeps it running. `parent` and `dependsOn` are honoured. */
  run(agent: AgentSpec, opts: pulumi.CustomResourceOptions): RunningAgent;
}
