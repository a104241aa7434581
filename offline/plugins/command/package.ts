import { definePackage } from "../kit";
import { localCommand, localRun } from "./local";
import { copyToRemote, remoteCommand } from "./remote";

/** Stand-in for the `command` plugin. */
export const command = definePackage({
  name: "command",
  style: "inferred",
  config: {},
  configure: () => undefined,
  resources: [localCommand, remoteCommand, copyToRemote],
  functions: [localRun],
});
