import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { sshFilesOf } from "./engineCommand";
import type { DockerSubstrate, SshSecrets } from "./plan";
import { sshClient, writeSshFiles } from "./sshOptions";

/**
 * How the Docker provider reaches an engine. For `ssh://` this writes the files that the local `ssh` needs, in previews
 * too: the provider asks the engine in both.
 */
export function engineProvider(
  host: string,
  cluster: string,
  substrate: DockerSubstrate,
  secrets: SshSecrets,
): docker.ProviderArgs {
  const { endpoint, ssh } = substrate;
  const { engine } = secrets;
  if (ssh !== undefined) {
    const directory = sshFilesOf(cluster, host);
    const client = sshClient(ssh, secrets, directory);
    writeSshFiles(client, directory);
    return { host: endpoint, sshOpts: [...client.options] };
  }
  if (engine !== undefined) {
    return {
      host: endpoint,
      caMaterial: engine.ca,
      certMaterial: engine.cert,
      keyMaterial: pulumi.secret(engine.key),
    };
  }
  return { host: endpoint };
}
