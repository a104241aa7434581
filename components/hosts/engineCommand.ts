import { join } from "node:path";
import type { DockerSubstrate, SshSecrets } from "./plan";
import { sshClient, writeSshFiles } from "./sshOptions";

/** Below the project's folder, which is where Pulumi and its plugins run; git ignores it. */
const sshFolder = join(".hashistack", "ssh");

/** Folder of the files that `ssh` needs for a host's engine. */
export function sshFilesOf(cluster: string, host: string): string {
  return join(sshFolder, cluster, host);
}

/** Program and first arguments that are Docker's command line for a host's engine: on that machine, where SSH leads there. */
export function engineCommand(
  host: string,
  cluster: string,
  { endpoint, ssh, tls }: DockerSubstrate,
  secrets: SshSecrets,
): [string, ...string[]] {
  if (ssh !== undefined) {
    const { options } = sshClient(ssh, secrets, sshFilesOf(cluster, host));
    return ["ssh", ...options, "-p", String(ssh.port), "-l", ssh.user, "--", ssh.address, "docker"];
  }
  const certificates =
    tls === undefined
      ? []
      : ["--tlsverify", "--tlscacert", tls.caFile, "--tlscert", tls.certFile, "--tlskey", tls.keyFile];
  return ["docker", "--host", endpoint, ...certificates];
}

/**
 * Writes the host key that a machine must show, and no secret. Pulumi looks at what is there before it runs the program:
 * a new key would never be believed, and a withdrawn one would be.
 */
export function writeHostKeys(host: string, cluster: string, { ssh }: DockerSubstrate): void {
  if (ssh === undefined) return;
  const directory = sshFilesOf(cluster, host);
  writeSshFiles(sshClient(ssh, {}, directory), directory);
}
