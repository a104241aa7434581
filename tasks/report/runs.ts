import { readFileSync } from "node:fs";
import { resourceTokens } from "../../components/tokens";
import { type Captured, isPrepared, pulumiCaptured, stateFile } from "../lib/pulumi";
import type { Options } from "./options";

/** What Pulumi says: of the change, and of the stack as it is, secrets in plain text. */
export interface Runs {
  readonly preview: Promise<Captured>;
  /** Absent where the state has no container with secrets, whose files a preview would hide. */
  readonly state?: Promise<Captured>;
}

/** Lets Pulumi begin at once where all is in place: the rest of this program is loaded, and the stack planned, meanwhile. */
export function startEarly(options: Options): Runs | undefined {
  return options.from === undefined && isPrepared(options.stack) ? runPulumi(options) : undefined;
}

export function runPulumi({ stack, refresh }: Options): Runs {
  const preview = pulumiCaptured(stack, ["preview", "--json", ...(refresh ? ["--refresh"] : []), "--stack", stack]);
  // Awaited where it is needed; a failure before that is told there.
  preview.catch(() => undefined);
  return { preview, ...(mayHideFiles(stack) ? { state: exportPlain(stack) } : {}) };
}

function mayHideFiles(stack: string): boolean {
  const state = readFileSync(stateFile({ name: stack }), "utf8");
  return state.includes(resourceTokens.container) && state.includes('"ciphertext"');
}

export function exportPlain(stack: string): Promise<Captured> {
  const state = pulumiCaptured(stack, ["stack", "export", "--show-secrets", "--stack", stack]);
  state.catch(() => undefined);
  return state;
}
