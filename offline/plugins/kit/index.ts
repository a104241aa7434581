import type { PackageDefinition } from "./definition";
import { createProvider } from "./provider";
import { runPlugin } from "./server";

export * from "./definition";

/** Runs a package as a plugin process: the last argument is the engine's address. */
// biome-ignore lint/suspicious/noExplicitAny: any package
export function serve(definition: PackageDefinition<any, any>): void {
  runPlugin(
    createProvider(
      definition,
      process.argv
        .slice(2)
        .filter((argument) => !argument.startsWith("-"))
        .at(-1),
    ),
  );
}
