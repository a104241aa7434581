/** Programs that are built from their Go modules where they cannot be downloaded. */
export type ToolName = "pulumi" | "consul" | "nomad" | "fabio";

export interface Tool {
  readonly name: ToolName;
  readonly version: string;
  readonly path: string;
  readonly origin: "installed" | "downloaded" | "built";
}

/** How a tool is built: its go.mod and go.sum lie in the folder of its name. */
export interface Recipe {
  /** Go package of the program. */
  readonly package: string;
  /** Go module whose version is the tool's. */
  readonly module: string;
  readonly tags?: string;
  /** Whether it needs C: Nomad's exec driver enters namespaces before Go's runtime starts. */
  readonly cgo: boolean;
  readonly ldflags: (version: string) => string;
  /** Arguments that print the version. */
  readonly versionArgs: readonly string[];
}

export const recipes: Readonly<Record<ToolName, Recipe>> = {
  pulumi: {
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    cgo: false,
    ldflags: (version) => `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
    versionArgs: ["version"],
  },
  consul: {
    package: "github.com/hashicorp/consul",
    module: "github.com/hashicorp/consul",
    cgo: false,
    ldflags: () => "",
    versionArgs: ["version"],
  },
  nomad: {
    package: "github.com/hashicorp/nomad",
    module: "github.com/hashicorp/nomad",
    // `ui` puts the web UI in, `release` leaves the mock driver out.
    tags: "ui release",
    cgo: true,
    ldflags: () => "",
    versionArgs: ["version"],
  },
  fabio: {
    package: "github.com/fabiolb/fabio",
    module: "github.com/fabiolb/fabio",
    cgo: false,
    ldflags: () => "",
    versionArgs: ["-v"],
  },
};
