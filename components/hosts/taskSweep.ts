import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { tokens } from "../tokens";
import { connectionTo } from "./connection";
import type { DockerSubstrate, SshSecrets } from "./plan";
import { assignments, heredoc } from "./shell";

export interface TaskSweepArgs {
  /** The engine, and how to reach it. */
  readonly substrate: DockerSubstrate;
  readonly secrets: SshSecrets;
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
    super(tokens.taskSweep, name, {}, opts);

    const { endpoint, ssh, tls } = args.substrate;
    const task = { TASK_LABEL: `${args.label}=${args.owner}`, TASK_IMAGE: args.image };
    const common = { create: "true", addPreviousOutputInEnv: false };
    if (ssh !== undefined) {
      // The local docker command could not be told how to reach that machine; the one over there asks its own engine.
      const remove = pulumi
        .output(args.dataDirectory)
        .apply((directory) => `timeout 120 ${heredoc("/bin/sh -s", remoteSweep({ ...task, TASK_DATA: directory }))}`);
      new command.remote.Command(
        `${name}-sweep`,
        { ...common, connection: connectionTo(ssh, args.secrets), delete: remove },
        { parent: this },
      );
    } else {
      const environment: Record<string, pulumi.Input<string>> = {
        DOCKER_HOST: endpoint,
        ...task,
        TASK_DATA: args.dataDirectory,
      };
      if (tls !== undefined) {
        Object.assign(environment, { TLS_CA: tls.caFile, TLS_CERT: tls.certFile, TLS_KEY: tls.keyFile });
      }
      new command.local.Command(`${name}-sweep`, { ...common, delete: sweep, environment }, { parent: this });
    }
    this.registerOutputs({});
  }
}

function remoteSweep(settings: Readonly<Record<string, string>>): string {
  return `${assignments(settings)}export TASK_DATA\n${sweep}`;
}

const sweep = `set -eu
engine() {
  if [ -n "\${TLS_CA:-}" ]; then
    docker --tlsverify --tlscacert "$TLS_CA" --tlscert "$TLS_CERT" --tlskey "$TLS_KEY" "$@"
  else
    docker "$@"
  fi
}
containers=$(engine ps --all --quiet --filter "label=$TASK_LABEL")
[ -z "$containers" ] || engine rm --force --volumes $containers
engine run --rm --network none --cap-add SYS_ADMIN --security-opt apparmor=unconfined \\
  --mount "type=bind,source=$TASK_DATA,target=$TASK_DATA,bind-propagation=rshared" \\
  --env TASK_DATA --entrypoint /bin/sh "$TASK_IMAGE" -c '
    while read -r _ path _; do
      case "$path" in "$TASK_DATA"/*) echo "$path" ;; esac
    done </proc/mounts | sort -r | while read -r path; do umount "$path"; done'
`;
