import { assignments, quote } from "../shell";
import type { AgentHost } from "./agent";
import { library, libraryPath, readScript } from "./library";
import { dearmor } from "./openPgp";
import { asRoot, type StdinFile } from "./script";

/** Seconds: a Docker engine may have to be fetched first. */
const limits = { create: 1200, delete: 600 };

/** The library travels with the preparation of a host, and stays there for its agents. */
export function libraryFiles(): StdinFile[] {
  return [{ name: "library", content: library().compressed }];
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
    // Whole before it starts: the shell reads its script from the same input as the library.
    "\nmain() {\n",
    "  begin\n",
    '  receive "$staging"\n',
    '  gzip --decompress --stdout <"$staging/library" >"$staging/library.sh"\n',
    '  . "$staging/library.sh"\n',
    "  prepare_host\n",
    "}\n",
    "main\n",
  ].join("");
  return asRoot({ ...host.privilege, limitSeconds: limits.create }, script);
}

/** The command that undoes it, once all agents are gone. */
export function renderRelease(host: AgentHost): string {
  const script = [
    "set -euo pipefail\n",
    // A machine that was made anew has nothing of ours.
    `[ -e ${quote(libraryPath)} ] || exit 0\n`,
    `. ${libraryPath}\n`,
    assignments({ host: host.name, cluster: host.cluster, keep_data: host.substrate.keepData }),
    "begin\nrelease_host\n",
  ].join("");
  return asRoot({ ...host.privilege, limitSeconds: limits.delete }, script);
}
