import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { agentLabels, tokens } from "../tokens";
import { dependingOn } from "./dependencies";
import { engineProvider } from "./dockerEngine";
import { engineCommand } from "./engineCommand";
import {
  type AgentDirectories,
  type AgentSpec,
  configurationOf,
  containerData,
  type Host,
  type RunningAgent,
} from "./host";
import { removesOrphan } from "./orphan";
import type { DockerSubstrate, SshSecrets } from "./plan";
import { connectionHook } from "./reach";
import { TaskSweep } from "./taskSweep";

export interface DockerHostArgs {
  /** Name of the host. */
  readonly hostName: string;
  /** Name of the cluster: the first part of container and volume names, and a label on them. */
  readonly cluster: string;
  /** Its engine, and how to reach it. */
  readonly substrate: DockerSubstrate;
  /** What SSH needs, for an engine at `ssh://`. */
  readonly secrets: SshSecrets;
  /** Images that this host will run. */
  readonly images: readonly string[];
}

/** A machine whose agents run in containers on its Docker engine, on the host's own network. */
export class DockerHost extends pulumi.ComponentResource implements Host {
  readonly name: string;
  /** Image ids, by reference. */
  readonly imageIds: pulumi.Output<Record<string, string>>;

  private readonly args: DockerHostArgs;
  private readonly provider: docker.Provider;
  private readonly images = new Map<string, docker.RemoteImage>();

  constructor(name: string, args: DockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.dockerHost, name, {}, opts);
    this.name = args.hostName;
    this.args = args;

    const { hostName, cluster, substrate, secrets } = args;
    const provider = engineProvider(hostName, cluster, substrate, secrets);
    this.provider = new docker.Provider(`${name}-engine`, provider, { parent: this });
    // Images are what an engine is asked for first.
    const hooks = substrate.ssh ? { onError: [connectionHook(hostName, substrate.ssh, this)] } : undefined;
    for (const reference of [...new Set(args.images)].sort()) {
      const product = reference.slice(reference.lastIndexOf("/") + 1, reference.lastIndexOf(":"));
      const image = new docker.RemoteImage(
        `${name}-${product}-image`,
        // The engine may serve others too: an image that one of them uses must survive this stack.
        { name: reference, keepLocally: true },
        { parent: this, provider: this.provider, hooks },
      );
      this.images.set(reference, image);
    }

    const ids = [...this.images].map(([reference, image]): [string, pulumi.Output<string>] => [
      reference,
      image.imageId,
    ]);
    this.imageIds = pulumi.output(Object.fromEntries(ids));
    this.registerOutputs({ name: this.name, imageIds: this.imageIds });
  }

  run(agent: AgentSpec, opts: pulumi.CustomResourceOptions): RunningAgent {
    const image = this.images.get(agent.image);
    if (image === undefined) {
      throw new pulumi.ResourceError(`host ${this.name} was not told of the image ${agent.image}`, this);
    }
    const resourceName = `${this.name}-${agent.name}`;
    const containerName = `${this.args.cluster}-${resourceName}`;
    const labels = this.labels(agent);
    const common = { ...opts, provider: this.provider };

    const volume = agent.durable
      ? new docker.Volume(
          `${resourceName}-data`,
          { name: `${containerName}-data`, labels },
          {
            ...common,
            protect: agent.protect,
          },
        )
      : undefined;
    // Tasks are started by the engine, not by the agent: what the agent hands them must lie where the engine sees it.
    const data: pulumi.Output<string> = agent.runsTasks && volume ? volume.mountpoint : pulumi.output(containerData);
    const configuration = configurationOf(agent.name);
    const directories = data.apply((data): AgentDirectories => ({ configuration, data }));
    const sweep =
      agent.runsTasks && volume
        ? new TaskSweep(
            `${resourceName}-tasks`,
            {
              substrate: this.args.substrate,
              secrets: this.args.secrets,
              image: agent.image,
              dataDirectory: volume.mountpoint,
              label: agent.runsTasks.label,
              owner: agent.runsTasks.owner,
            },
            { parent: opts.parent, dependsOn: [volume, image] },
          )
        : undefined;

    const container = new docker.Container(
      resourceName,
      {
        name: containerName,
        image: image.imageId,
        entrypoints: [agent.product],
        command: directories.apply((directories) => [...agent.arguments(directories)]),
        ...environmentOf(agent, directories),
        networkMode: "host",
        restart: "unless-stopped",
        labels,
        // An agent writes its last state when it is told to stop; the default is to kill it at once.
        destroyGraceSeconds: 30,
        uploads: [
          ...agent.files.map(({ name, content }) => ({
            file: `${configuration}/${name}`,
            content: directories.apply(content),
          })),
          // Copied into the container before it starts: `docker inspect` does not show them.
          ...agent.secretFiles.map(({ name, content }) => ({
            file: `${configuration}/${name}`,
            content: pulumi.secret(content),
            permissions: "0600",
          })),
        ],
        ...(agent.runsTasks
          ? this.taskRunner(data)
          : { mounts: volume ? [{ type: "volume", source: volume.name, target: containerData }] : [] }),
      },
      {
        ...common,
        dependsOn: dependingOn(opts.dependsOn, ...(sweep ? [sweep] : [])),
        // The name, and the ports on the host's network, can be held once only.
        deleteBeforeReplace: true,
        // The provider takes a changed mount for an update and leaves the container as it is.
        replaceOnChanges: ["mounts"],
        hooks: { beforeCreate: [this.orphanHook(agent, containerName)] },
      },
    );
    return { id: container.id, resource: container };
  }

  /** What a container needs to start tasks on its host: as little as works, and never `privileged`. */
  private taskRunner(data: pulumi.Output<string>): Partial<docker.ContainerArgs> {
    return {
      capabilities: { adds: ["CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"] },
      // SYS_PTRACE: without it `nomad alloc exec` into a task of the exec driver never answers.
      // The exec driver makes a session keyring and mounts for each task, which Docker's default profiles forbid. Whoever
      // holds the engine's socket is root on the host anyway: the profiles would keep nothing from it.
      securityOpts: ["apparmor=unconfined", "seccomp=unconfined"],
      mounts: [
        { type: "bind", source: "/sys/fs/cgroup", target: "/sys/fs/cgroup" },
        { type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
        // Nomad mounts each task's secrets in here; without propagation the engine would see empty folders.
        { type: "bind", source: data, target: data, bindOptions: { propagation: "rshared" } },
      ],
    };
  }

  private orphanHook(agent: AgentSpec, containerName: string): pulumi.ResourceHook {
    const { hostName, cluster, substrate, secrets } = this.args;
    const labels = Object.fromEntries(this.labels(agent).map(({ label, value }) => [label, value]));
    return removesOrphan(engineCommand(hostName, cluster, substrate, secrets), containerName, labels);
  }

  private labels(agent: AgentSpec): { label: string; value: string }[] {
    return [
      { label: agentLabels.agent, value: agent.name },
      { label: agentLabels.cluster, value: this.args.cluster },
      { label: agentLabels.host, value: this.name },
    ];
  }
}

function environmentOf(
  { environment }: AgentSpec,
  directories: pulumi.Output<AgentDirectories>,
): Pick<docker.ContainerArgs, "envs"> {
  return environment
    ? { envs: directories.apply((each) => Object.entries(environment(each)).map(([key, value]) => `${key}=${value}`)) }
    : {};
}
