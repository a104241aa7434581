import { runPlugin } from "../kit/server";
import { createLanguageHost } from "./host";

/** Set when this file is bundled: the version of the Pulumi CLI that it is made for. */
declare const __PLUGIN_VERSION__: string;

runPlugin(
  createLanguageHost(
    __PLUGIN_VERSION__,
    process.argv
      .slice(2)
      .filter((argument) => !argument.startsWith("-"))
      .at(-1),
  ),
);
