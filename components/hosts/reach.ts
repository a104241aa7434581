import * as pulumi from "@pulumi/pulumi";
import type { SshPlan } from "./plan";

/**
 * What a person can do about an SSH connection that was not made, in words of the host; undefined for every other error,
 * such as what the machine itself said. Knows the words of the official plugins, their stand-ins and OpenSSH.
 */
export function explainConnection(host: string, ssh: SshPlan, error: string): string | undefined {
  // The command was run, or the Docker engine answered: so there was a connection.
  if (/Process exited with|running "|response from daemon/.test(error)) return undefined;
  const { address, port, user, bastion } = ssh;
  const way = bastion ? ` through ${bastion.address}:${bastion.port}` : "";
  const where = `${address}:${port}${way}`;
  if (/host key|knownhosts/i.test(error)) {
    return (
      `host ${host}: the machine at ${where} does not show the host key that the stack pins. If it was installed anew, ` +
      `pin its new key (ssh-keyscan -p ${port} ${address}, compared with what the machine's own console shows); if not, ` +
      "somebody may stand in between: find out before anything else."
    );
  }
  if (/parse private ?key|no key found|passphrase|encrypted private/i.test(error)) {
    return `host ${host}: its private key cannot be used: expected the text of an OpenSSH or PEM key without a passphrase.`;
  }
  if (/authenticat|permission denied/i.test(error)) {
    const key = ssh.agent
      ? "the keys in your SSH agent (ssh-add -l lists them)"
      : "the private key that the stack has for it";
    return (
      `host ${host}: the machine at ${where} does not let ${user} in with ${key}. Is the user right, and is the public key ` +
      `in the authorized_keys of ${bastion ? `${user} there and of ${bastion.user} on ${bastion.address}` : `${user} there`}?`
    );
  }
  if (/dial|connect|timed? ?out|refused|unreachable|no route|handshake|no such host|ENOTFOUND/i.test(error)) {
    return (
      `host ${host}: no SSH at ${where}. Is the machine up, is the address right, and do firewalls let the machine where ` +
      "pulumi runs reach that port? Other hosts were not disturbed; run pulumi up again, and it continues."
    );
  }
  return undefined;
}

/** Explains failed connections of a host's resources beside the plugin's own words, which know an address only. */
export function connectionHook(host: string, ssh: SshPlan, resource: pulumi.Resource): pulumi.ErrorHook {
  const said = new Set<string>();
  return new pulumi.ErrorHook(`${host}-connection`, async ({ errors }) => {
    const text = explainConnection(host, ssh, errors[0] ?? "");
    if (text !== undefined && !said.has(text)) {
      said.add(text);
      await pulumi.log.error(text, resource);
    }
    // The plugin has tried often enough.
    return false;
  });
}
