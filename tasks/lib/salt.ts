import { readFile } from "node:fs/promises";
import { stackFile } from "./paths";
import { writeWhole } from "./writeWhole";

const saltLine = /^encryptionsalt:.*\n?/m;

const encrypted = /^\s+secure:/m;

/** Whether the stack's file holds values that only the passphrase opens. */
export async function holdsEncrypted(stackName: string): Promise<boolean> {
  return encrypted.test(await readFile(stackFile(stackName), "utf8"));
}

/**
 * Takes the salt of a passphrase that is gone out of a stack's file: Pulumi writes it there, and takes no other
 * passphrase while it stands. Refuses where values in the file are encrypted with that passphrase.
 */
export async function dropSalt(stackName: string): Promise<void> {
  const path = stackFile(stackName);
  const text = await readFile(path, "utf8");
  if (!saltLine.test(text)) {
    return;
  }
  if (encrypted.test(text)) {
    throw new Error(
      `Pulumi.${stackName}.yaml holds encrypted values, and this checkout does not have their passphrase. ` +
        "Put it into .hashistack/passphrase (mode 0600), or set those values anew.",
    );
  }
  await writeWhole(path, text.replace(saltLine, ""));
}
