import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshPlan, SshSecrets } from "./plan";

/**
 * A machine that does not answer is given up after about a minute: time enough to boot, little enough to wait for. sshd
 * itself turns connections away while more than ten are knocking, which these retries ride out.
 */
const patience = { dialErrorLimit: 5, perDialTimeout: 10 };

/** How `@pulumi/command` reaches a machine. */
export function connectionTo(ssh: SshPlan, secrets: SshSecrets): command.types.input.remote.ConnectionArgs {
  const { bastion } = ssh;
  return {
    ...endpoint(ssh, secrets.privateKey),
    ...(bastion ? { proxy: endpoint(bastion, secrets.bastionPrivateKey ?? secrets.privateKey) } : {}),
  };
}

function endpoint(ssh: Omit<SshPlan, "bastion">, privateKey: string | undefined) {
  return {
    host: ssh.address,
    port: ssh.port,
    user: ssh.user,
    ...patience,
    // Without a key in hand, the plugin asks the agent at SSH_AUTH_SOCK.
    ...(ssh.agent || privateKey === undefined ? {} : { privateKey: pulumi.secret(privateKey) }),
    ...(ssh.hostKey === undefined ? {} : { hostKey: ssh.hostKey }),
  };
}
