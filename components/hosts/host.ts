import type * as pulumi from "@pulumi/pulumi";

/** A file that an agent reads. */
export interface AgentFile {
  /** Absolute path. */
  readonly path: string;
  /** Its text, once the host has said where the agent's data lies. */
  readonly content: (dataDirectory: string) => string;
}

/** A long-running process of the cluster, as far as a host needs to know it. */
export interface AgentSpec {
  /** Name among the agents of its host, such as `consul-server`. */
  readonly name: string;
  /** Image with its tag, for hosts that run agents in containers. */
  readonly image: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly files: readonly AgentFile[];
  /** Whether it keeps data that must outlive it. */
  readonly durable: boolean;
  /**
   * Set for an agent that runs other programs on the host: it gets what that takes, and whatever it leaves behind is
   * removed with the host. `owner` is the value of the label by which its containers are known.
   */
  readonly runsTasks?: { readonly label: string; readonly owner: string };
}

/** An agent that a host keeps running. */
export interface RunningAgent {
  /** Changes whenever the agent was created anew. */
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
