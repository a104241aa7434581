import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../download";

export const toolNames = ["pulumi", "consul", "nomad", "fabio", "vault"] as const;
export type ToolName = (typeof toolNames)[number];

/** Operating system and processor in Node's words: `process.platform` and `process.arch`. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
}

/** All that differs between the tools: where each comes from, how it is built and how it tells its version. */
export interface Recipe {
  readonly name: ToolName;
  readonly module: string;
  /** The main package. */
  readonly package: string;
  readonly tags: readonly string[];
  /** `-X` settings of the linker, where the module does not know its own version. */
  readonly variables: (version: string) => Readonly<Record<string, string>>;
  /**
   * Nomad's `exec` driver enters namespaces through C code and so needs cgo. It is linked statically where the C library
   * allows, so that it runs in an image without that library; the others do without C.
   */
  readonly cgo: boolean;
  readonly versionArguments: readonly string[];
  /** Which installed version will do where none is asked for by number. */
  readonly suits: (installed: string, pinned: string) => boolean;
  readonly artifact: (version: string, platform: Platform) => Artifact;
  /** The program's place in what was unpacked. */
  readonly unpacked: (version: string, platform: Platform) => string;
}

const exact = (installed: string, pinned: string) => installed === pinned;
const goCpu = (cpu: string) => ({ x64: "amd64", ia32: "386" })[cpu] ?? cpu;
const goPlatform = ({ os, cpu }: Platform, between: string) => `${os}${between}${goCpu(cpu)}`;

function hashicorp(name: "consul" | "nomad" | "vault"): Pick<Recipe, "artifact" | "unpacked"> {
  return {
    artifact: (version, platform) => ({
      site: "hashicorp",
      path: `${name}/${version}/${name}_${version}_${goPlatform(platform, "_")}.zip`,
      checksums: `${name}/${version}/${name}_${version}_SHA256SUMS`,
    }),
    unpacked: () => name,
  };
}

const fabioFile = (version: string, platform: Platform) => `fabio-${version}-${goPlatform(platform, "_")}`;

export const recipes: Readonly<Record<ToolName, Recipe>> = {
  pulumi: {
    name: "pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    tags: [],
    variables: (version) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` }),
    cgo: false,
    versionArguments: ["version"],
    // The program's SDK is 3.248.0; a CLI as new or newer of the same major version speaks with it.
    suits: (installed) => {
      const [major = 0, minor = 0] = installed.split(".").map(Number);
      return major === 3 && minor >= 248;
    },
    artifact: (version, platform) => ({
      site: "pulumi",
      path: `pulumi-v${version}-${platform.os}-${platform.cpu}.tar.gz`,
      checksums: `pulumi-${version}-checksums.txt`,
    }),
    unpacked: () => join("pulumi", "pulumi"),
  },
  consul: {
    name: "consul",
    module: "github.com/hashicorp/consul",
    package: "github.com/hashicorp/consul",
    tags: [],
    variables: () => ({}),
    cgo: false,
    versionArguments: ["version"],
    suits: exact,
    ...hashicorp("consul"),
  },
  nomad: {
    name: "nomad",
    module: "github.com/hashicorp/nomad",
    package: "github.com/hashicorp/nomad",
    // `ui` puts the web interface in, `release` leaves the mock driver out.
    tags: ["ui", "release"],
    variables: () => ({}),
    cgo: true,
    versionArguments: ["version"],
    suits: exact,
    ...hashicorp("nomad"),
  },
  fabio: {
    name: "fabio",
    module: "github.com/fabiolb/fabio",
    package: "github.com/fabiolb/fabio",
    tags: [],
    variables: () => ({}),
    cgo: false,
    versionArguments: ["-v"],
    suits: exact,
    artifact: (version, platform) => ({
      site: "fabio",
      path: `v${version}/${fabioFile(version, platform)}`,
      checksums: `v${version}/fabio-${version}.sha256`,
    }),
    unpacked: fabioFile,
  },
  // None of a stack's machines runs it: the tests do.
  vault: {
    name: "vault",
    module: "github.com/hashicorp/vault",
    package: "github.com/hashicorp/vault",
    tags: [],
    variables: () => ({}),
    cgo: false,
    versionArguments: ["version"],
    suits: exact,
    ...hashicorp("vault"),
  },
};

/** The folder with the tool's go.mod and go.sum. */
export function moduleFolder(name: ToolName): string {
  return join(__dirname, name);
}

/** The version that the tool's go.mod pins, without a leading `v`. */
export function pinnedVersion(name: ToolName): string {
  const file = join(moduleFolder(name), "go.mod");
  const { module } = recipes[name];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [path, version] = line
      .replace(/^\s*require\s/, "")
      .trim()
      .split(/\s+/);
    if (path === module && version?.startsWith("v")) return version.slice(1);
  }
  throw new Error(`${file} does not require ${module}, so there is no version of ${name} to use`);
}

/** The version in what a tool prints about itself, such as `Nomad v1.11.3`, `1.7.2 go1.26.8` or `Vault v1.21.0, built …`. */
export function versionIn(output: string): string | undefined {
  return /(?:^|\s)v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)(?=[\s,]|$)/.exec(output)?.[1];
}
