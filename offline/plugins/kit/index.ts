import type { PackageDefinition } from "./definition";
import { createProvider } from "./provider";
import { runPlugin } from "./server";

export * from "./definition";

/** Set when a plugin is bundled: the version of the npm package that asked for it. */
declare const __PLUGIN_VERSION__: string | undefined;

/** Runs a package as a plugin process: the last argument is the engine's address. */
// biome-ignore lint/suspicious/noExplicitAny: any package
export function serve(definition: PackageDefinition<any, any>): void {
  const version = typeof __PLUGIN_VERSION__ === "string" ? __PLUGIN_VERSION__ : definition.version;
  const address = process.argv
    .slice(2)
    .filter((argument) => !argument.startsWith("-"))
    .at(-1);
  runPlugin(createProvider({ ...definition, version }, address));
}
