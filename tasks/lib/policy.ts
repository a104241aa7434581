import { join } from "node:path";
import { root } from "./paths";

/** The folder of the policy pack. */
export const policyPack = join(root, "policy");

/**
 * What makes a preview judge the stack by the policies: on, unless the stack is a sandbox; `POLICIES=on` or `off` says
 * otherwise. Only previews do: an update that a policy stops half-way would be worse than what the policy forbids.
 */
export function policyArguments({ sandbox }: { readonly sandbox: boolean }, chosen = process.env.POLICIES): string[] {
  switch (chosen) {
    case undefined:
    case "":
      return sandbox ? [] : ["--policy-pack", policyPack];
    case "on":
      return ["--policy-pack", policyPack];
    case "off":
      return [];
    default:
      throw new Error(
        `POLICIES=${chosen}: expected on or off; unless said, they are on for stacks that are no sandboxes.`,
      );
  }
}
