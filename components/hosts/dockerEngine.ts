import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DockerSubstrate, SshSecrets } from "./plan";
import { sshClient, writeSshFiles } from "./sshOptions";

/** Below the project's folder, which is where Pulumi and its plugins run; git ignores it. */
const sshFolder = join(".hashistack", "ssh");

/**
 * How the Docker provider reaches an engine. For `ssh://` this writes the files that the local `ssh` needs, in previews
 * too: the provider asks the engine in both.
 * @throws Error that names the host and the file where a certificate cannot be read.
 */
export function engineProvider(
  host: string,
  cluster: string,
  substrate: DockerSubstrate,
  secrets: SshSecrets,
): docker.ProviderArgs {
  const { endpoint, ssh, tls } = substrate;
  if (ssh !== undefined) {
    const directory = join(sshFolder, cluster, host);
    const client = sshClient(ssh, secrets, directory);
    writeSshFiles(client, directory);
    return { host: endpoint, sshOpts: [...client.options] };
  }
  if (tls !== undefined) {
    const read = (key: keyof typeof tls) => {
      try {
        return readFileSync(tls[key], "utf8");
      } catch (cause) {
        throw new Error(
          `host ${host}: the ${key} "${tls[key]}" for its Docker engine cannot be read (${(cause as Error).message}); ` +
            "expected a PEM file on the machine where pulumi runs",
          { cause },
        );
      }
    };
    return {
      host: endpoint,
      caMaterial: read("caFile"),
      certMaterial: read("certFile"),
      keyMaterial: pulumi.secret(read("keyFile")),
    };
  }
  return { host: endpoint };
}
