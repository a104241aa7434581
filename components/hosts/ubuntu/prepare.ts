import { assignments } from "../shell";
import type { AgentHost } from "./agent";
import { library, readScript } from "./library";
import { dearmor } from "./openPgp";
import { asRoot, type StdinFile, withLibrary } from "./script";

/** Seconds: a Docker engine may have to be fetched first. */
const limits = { create: 1200, delete: 600 };

/** The library travels with the preparation of a host, and stays there for its agents. */
export function libraryFiles(): StdinFile[] {
  return [...library().files];
}

/** The command that makes a machine ready for agents; to be run over SSH, with {@link libraryFiles}. */
export function renderPrepare(host: AgentHost): string {
  const { software, docker, registryMirrors, consulDnsPort } = host.substrate;
  if (software.source === "apt" && software.signingKey === undefined) {
    throw new Error(
      `host ${host.name}: the source "apt" needs the repository's signing key: without it no package can be trusted`,
    );
  }
  const script = [
    "set -euo pipefail\n",
    assignments({
      host: host.name,
      cluster: host.cluster,
      source: software.source,
      apt_url: software.apt.url,
      apt_suite: software.apt.suite,
      apt_component: software.apt.component,
      signing_key: software.signingKey === undefined ? "" : dearmor(software.signingKey),
      docker,
      mirrors: docker ? registryMirrors : [],
      dns_port: consulDnsPort,
      // Another text of the library is a change of this host.
      library_version: library().version,
    }),
    readScript("begin"),
    "\nbegin\n",
    'receive "$staging/library"\n',
    'gzip --decompress "$staging"/library/*\n',
    '. "$staging/library/library.sh"\n',
    "prepare_host\n",
  ].join("");
  return asRoot({ ...host.privilege, limitSeconds: limits.create }, script);
}

/** The command that undoes it, once all agents are gone. */
export function renderRelease(host: AgentHost): string {
  const script = [
    assignments({ host: host.name, cluster: host.cluster, keep_data: host.substrate.keepData }),
    "begin\nrelease_host\n",
  ].join("");
  // A machine that was made anew has nothing of ours.
  return withLibrary({ ...host.privilege, limitSeconds: limits.delete }, script, "  exit 0\n");
}
