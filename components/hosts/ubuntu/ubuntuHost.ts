import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { tokens } from "../../tokens";
import { connectionTo } from "../connection";
import { dependingOn } from "../dependencies";
import type { AgentSpec, Host, RunningAgent } from "../host";
import type { SshSecrets, UbuntuSubstrate } from "../plan";
import { connectionHook } from "../reach";
import { type AgentHost, renderAgentCreate, renderAgentDelete, unitName } from "./agent";
import { libraryFiles, renderPrepare, renderRelease } from "./prepare";
import { renderStdin } from "./script";

export interface UbuntuHostArgs {
  /** Name of the host. */
  readonly hostName: string;
  /** Name of the cluster: the machine remembers it, and takes no agent of another one. */
  readonly cluster: string;
  readonly substrate: UbuntuSubstrate;
  readonly secrets: SshSecrets;
}

/**
 * An Ubuntu (or Debian) machine whose agents are systemd services. One command over SSH prepares it, and one installs
 * each agent: a script that is run again whenever anything in it changes, and leaves alone what is as it should be.
 */
export class UbuntuHost extends pulumi.ComponentResource implements Host {
  readonly name: string;

  private readonly host: AgentHost;
  private readonly connection: command.types.input.remote.ConnectionArgs;
  private readonly sudoPassword: string | undefined;
  private readonly failure: pulumi.ErrorHook;
  private readonly prepared: command.remote.Command;
  private readonly units = new Map<string, string>();

  constructor(name: string, args: UbuntuHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.ubuntuHost, name, {}, opts);
    this.name = args.hostName;
    this.sudoPassword = args.secrets.sudoPassword;
    this.failure = connectionHook(args.hostName, args.substrate.ssh, this);
    this.connection = connectionTo(args.substrate.ssh, args.secrets);
    this.host = {
      name: args.hostName,
      cluster: args.cluster,
      substrate: args.substrate,
      privilege: {
        host: args.hostName,
        user: args.substrate.ssh.user,
        password: args.secrets.sudoPassword !== undefined,
      },
    };

    this.prepared = this.command(
      `${name}-prepare`,
      renderPrepare(this.host),
      renderRelease(this.host),
      this.secretStdin(renderStdin(this.sudoPassword, libraryFiles())),
      { parent: this },
    );
    this.registerOutputs({ name: this.name });
  }

  run(agent: AgentSpec, opts: pulumi.CustomResourceOptions): RunningAgent {
    this.claimUnit(agent);
    const secretFiles = pulumi.all(
      agent.secretFiles.map(({ name, content }) => content.apply((content) => ({ name, content }))),
    );
    const resource = this.command(
      `${this.name}-${agent.name}`,
      renderAgentCreate(agent, this.host),
      renderAgentDelete(agent, this.host),
      pulumi.secret(secretFiles.apply((files) => renderStdin(this.sudoPassword, files))),
      // Deleting the agent deletes its data; all else about it can change.
      { ...opts, protect: agent.protect, dependsOn: dependingOn(opts.dependsOn, this.prepared) },
    );
    // Marked secret as all that comes of a secret input; it is a hash and the time of a start.
    return { id: pulumi.unsecret(resource.stdout).apply((stdout) => stdout.trim()), resource };
  }

  private command(
    name: string,
    create: string,
    remove: string,
    stdin: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
  ): command.remote.Command {
    return new command.remote.Command(
      name,
      // Without `update`, `create` runs again on any change.
      { connection: this.connection, create, delete: remove, stdin, logging: "none", addPreviousOutputInEnv: false },
      // What one of them installs, the removal of its predecessor would take away again.
      { ...opts, deleteBeforeReplace: true, hooks: { onError: [this.failure] } },
    );
  }

  private secretStdin(stdin: string): pulumi.Input<string> {
    return this.sudoPassword === undefined ? stdin : pulumi.secret(stdin);
  }

  /** A machine has one service of a name. */
  private claimUnit(agent: AgentSpec): void {
    const unit = unitName(agent);
    const other = this.units.get(unit);
    if (other !== undefined) {
      throw new pulumi.ResourceError(`host ${this.name}: ${agent.name} and ${other} would both be ${unit}`, this);
    }
    this.units.set(unit, agent.name);
  }
}
