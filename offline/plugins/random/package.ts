import { definePackage } from "../kit/definition";
import { password } from "./password";

/** Stand-in for the official random plugin: passwords, of which the program makes all its secrets. */
export const random = definePackage({
  name: "random",
  version: "4.21.2",
  style: "bridged",
  config: {},
  configure: () => undefined,
  resources: [password],
});
