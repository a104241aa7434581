import { definePackage } from "../kit/definition";
import { bytes } from "./bytes";
import { id } from "./id";
import { password } from "./password";
import { text } from "./text";
import { uuid } from "./uuid";

/** Stand-in for the official random plugin: passwords, texts, bytes, ids and UUIDs, of which programs make their secrets. */
export const random = definePackage({
  name: "random",
  version: "4.21.2",
  style: "framework",
  config: {},
  configure: () => undefined,
  resources: [password, text, bytes, id, uuid],
});
