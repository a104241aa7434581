/** Failures of Pulumi before a preview begins, and what to do about each. */
const known: readonly (readonly [RegExp, (stack: string, shared: boolean) => string])[] = [
  [
    /incorrect passphrase|passphrase must be set|decrypt/i,
    (stack, shared) =>
      `The passphrase does not fit the stack ${stack}: its secrets cannot be read. Put the right one into ` +
      `${shared ? "PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names" : ".hashistack/passphrase (mode 0600)"}.`,
  ],
  [
    /no stack named|no previous deployment|could not find stack|failed to load checkpoint/i,
    (stack) =>
      `The stack ${stack} is not in the state that Pulumi uses here. Is it the right --stack, and the right backend?`,
  ],
  [
    /stack is currently locked|the stack is locked/i,
    (stack) => `Another run works on the stack ${stack}. Wait until it has ended, then try again.`,
  ],
];

/**
 * Why `pulumi preview` gave no preview, in a sentence; its own last words where that is not known.
 * @param shared whether the state lies elsewhere than in this checkout
 */
export function explainFailure(stack: string, code: number, said: string, shared: boolean): string {
  const found = known.find(([pattern]) => pattern.test(said));
  const last = said.trim().split("\n").slice(-12).join("\n");
  return found ? found[1](stack, shared) : `pulumi preview ended with ${code} and gave no preview:\n${last}`;
}
