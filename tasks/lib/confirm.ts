import { createInterface } from "node:readline/promises";

/**
 * Asks a person at a terminal to type a name once more. A script is not asked: it has named it in its command.
 *
 * @param what whose name it is: "the stack's name"
 * @param otherwise what was not done: "nothing was taken down"
 */
export async function confirm(name: string, what: string, otherwise: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    return;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Type ${what} to go on: `);
  terminal.close();
  if (answer.trim() !== name) {
    throw new Error(`That is not ${name}: ${otherwise}.`);
  }
}
