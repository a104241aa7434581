import { resolve } from "node:path";
import { pinnedVersion } from "../toolchain/recipes";
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

/** Plugins of the Pulumi CLI itself: as old as the CLI. */
export function cliPlugins(version = pinnedVersion("pulumi")): WantedPlugin[] {
  return [
    { kind: "language", name: "nodejs", version },
    { kind: "resource", name: "pulumi-nodejs", version },
  ];
}
