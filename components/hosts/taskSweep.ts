import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface TaskSweepArgs {
  /** Engine endpoint. */
  readonly endpoint: string;
  /** Image with a shell, on the engine already. */
  readonly image: string;
  /** Folder below which an agent's tasks have mounts. */
  readonly dataDirectory: pulumi.Input<string>;
  /** Label of the containers that the agent starts. */
  readonly label: string;
  /** Its value on this agent's containers. */
  readonly owner: string;
}

/**
 * Removes what a task-running agent leaves on its engine when it goes for good: containers of tasks, and the mounts of
 * their secrets. Does nothing before that: tasks outlive an agent that is merely re-created.
 */
export class TaskSweep extends pulumi.ComponentResource {
  constructor(name: string, args: TaskSweepArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:hosts:TaskSweep", name, {}, opts);

    new command.local.Command(
      `${name}-sweep`,
      {
        create: "true",
        delete: sweep,
        environment: {
          DOCKER_HOST: args.endpoint,
          TASK_LABEL: `${args.label}=${args.owner}`,
          TASK_IMAGE: args.image,
          TASK_DATA: args.dataDirectory,
        },
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const sweep = `set -eu
containers=$(docker ps --all --quiet --filter "label=$TASK_LABEL")
[ -z "$containers" ] || docker rm --force --volumes $containers
docker run --rm --network none --cap-add SYS_ADMIN --security-opt apparmor=unconfined \\
  --mount "type=bind,source=$TASK_DATA,target=$TASK_DATA,bind-propagation=rshared" \\
  --env TASK_DATA --entrypoint /bin/sh "$TASK_IMAGE" -c '
    while read -r _ path _; do
      case "$path" in "$TASK_DATA"/*) echo "$path" ;; esac
    done </proc/mounts | sort -r | while read -r path; do umount "$path"; done'
`;
