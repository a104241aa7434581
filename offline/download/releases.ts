import { arch } from "node:os";
import type { ToolName } from "../toolchain/tool";

/** A release to download: an archive or binary, and the list of checksums published beside it. */
export interface Release {
  /** Folder URL of both files. */
  readonly base: string;
  readonly file: string;
  readonly checksums: string;
  /** Files to take out of the archive; none where the file is the binary itself. */
  readonly members: readonly string[];
}

const sites = {
  /** `HASHISTACK_HASHICORP_MIRROR`: laid out as releases.hashicorp.com. */
  hashicorp: { variable: "HASHISTACK_HASHICORP_MIRROR", official: "https://releases.hashicorp.com" },
  /** `HASHISTACK_PULUMI_MIRROR`: laid out as the releases of pulumi/pulumi on GitHub. */
  pulumi: { variable: "HASHISTACK_PULUMI_MIRROR", official: "https://github.com/pulumi/pulumi/releases/download" },
  /** `HASHISTACK_FABIO_MIRROR`: laid out as the releases of fabiolb/fabio on GitHub. */
  fabio: { variable: "HASHISTACK_FABIO_MIRROR", official: "https://github.com/fabiolb/fabio/releases/download" },
} as const;

/** Where a tool's release lies: on a mirror where its variable is set, else where its vendor publishes it. */
export function releaseOf(name: ToolName, version: string, environment: NodeJS.ProcessEnv = process.env): Release {
  const site = (key: keyof typeof sites) =>
    (environment[sites[key].variable] || sites[key].official).replace(/\/+$/, "");
  const machine = arch() === "arm64" ? "arm64" : "amd64";
  switch (name) {
    case "consul":
    case "nomad":
      return {
        base: `${site("hashicorp")}/${name}/${version}`,
        file: `${name}_${version}_linux_${machine}.zip`,
        checksums: `${name}_${version}_SHA256SUMS`,
        members: [name],
      };
    case "pulumi":
      return {
        base: `${site("pulumi")}/v${version}`,
        file: `pulumi-v${version}-linux-${machine === "amd64" ? "x64" : "arm64"}.tar.gz`,
        checksums: `pulumi-${version}-checksums.txt`,
        members: ["pulumi/pulumi", "pulumi/pulumi-language-nodejs"],
      };
    case "fabio":
      return {
        base: `${site("fabio")}/v${version}`,
        file: `fabio-${version}-linux_${machine}`,
        checksums: `fabio-${version}.sha256`,
        members: [],
      };
    default:
      return name satisfies never;
  }
}

/**
 * Checksums that must hold beside the published ones, as `file=sha256` separated by blanks:
 * `HASHISTACK_PINNED_SHA256="nomad_1.11.3_linux_amd64.zip=ab12…"`.
 */
export function pinnedChecksum(file: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const entry of (environment.HASHISTACK_PINNED_SHA256 ?? "").split(/\s+/).filter(Boolean)) {
    const [, name, sum] = /^(.+)=([0-9a-f]{64})$/i.exec(entry) ?? [];
    if (name === undefined || sum === undefined) {
      throw new Error(`HASHISTACK_PINNED_SHA256: ${JSON.stringify(entry)} is not file=sha256, with 64 hex digits`);
    }
    if (name === file) {
      return sum.toLowerCase();
    }
  }
  return undefined;
}
