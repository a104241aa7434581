import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { requiredPlugins } from "./language/packages";

/** A plugin that the program needs, under the name that Pulumi gives its folder. */
export interface WantedPlugin {
  readonly kind: "resource" | "language";
  readonly name: string;
  /** Without a leading `v`. */
  readonly version: string;
}

/** `resource-docker-v5.2.0` */
export function folderName(plugin: WantedPlugin): string {
  return `${plugin.kind}-${plugin.name}-v${plugin.version}`;
}

/** `pulumi-resource-docker` */
export function executableName(plugin: WantedPlugin): string {
  return `pulumi-${plugin.kind}-${plugin.name}`;
}

/** Resource plugins of the installed npm packages: what these name is what the engine will ask for. */
export function wantedResources(programDirectory = resolve(__dirname, "../..")): WantedPlugin[] {
  return requiredPlugins(programDirectory).map(({ name, version }) => ({
    kind: "resource",
    name,
    version: version.replace(/^v/, ""),
  }));
}

/** The Pulumi CLI's version, which its language host shares: from the go.mod that builds it. */
export function pinnedCliVersion(goMod = resolve(__dirname, "../toolchain/pulumi/go.mod")): string {
  const version = /^\s*(?:require\s+)?github\.com\/pulumi\/pulumi\/pkg\/v3\s+v(\S+)/m.exec(readFileSync(goMod, "utf8"));
  if (version?.[1]) return version[1];
  throw new Error(`${goMod} requires no github.com/pulumi/pulumi/pkg/v3; the version of the Pulumi CLI is unknown`);
}
