import { mkdtempSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { resourceTokens } from "../../components/tokens";
import { sharedBackend } from "../lib/environment";
import { policyArguments } from "../lib/policy";
import { type Captured, isPrepared, pulumiCaptured, stateFile } from "../lib/pulumi";
import { isSandbox } from "../lib/sandbox";
import type { Options } from "./options";

/** A preview, with Pulumi's log of events where policies judged it: the preview's JSON leaves out what they said. */
export interface Previewed extends Captured {
  readonly events?: string;
}

/** What Pulumi says: of the change, and of the stack as it is, secrets in plain text. */
export interface Runs {
  readonly preview: Promise<Previewed>;
  /** Absent where the state has no container with secrets, whose files a preview would hide, or lies elsewhere. */
  readonly state?: Promise<Captured>;
}

/** Lets Pulumi begin at once where all is in place: the rest of this program is loaded, and the stack planned, meanwhile. */
export function startEarly(options: Options): Runs | undefined {
  if (options.from !== undefined || !isPrepared(options.stack)) {
    return undefined;
  }
  const sandbox = isSandbox(options.stack);
  return sandbox === undefined ? undefined : runPulumi(options, policyArguments({ sandbox }));
}

export function runPulumi(options: Options, policies: readonly string[]): Runs {
  const { stack } = options;
  const preview = previewOf(options, policies);
  // Awaited where it is needed; a failure before that is told there.
  preview.catch(() => undefined);
  // It is what everything waits for. What this program and its other processes do meanwhile fits in where it pauses.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  return { preview, ...(mayHideFiles(stack) ? { state: exportPlain(stack) } : {}) };
}

async function previewOf({ stack, refresh }: Options, policies: readonly string[]): Promise<Previewed> {
  const args = ["preview", "--json", ...(refresh ? ["--refresh"] : []), "--stack", stack];
  if (policies.length === 0) {
    return pulumiCaptured(stack, args);
  }
  // Without a pause: Pulumi is to run before the rest of the report is loaded, which lets nothing else happen.
  const folder = mkdtempSync(join(tmpdir(), "hashistack-report-"));
  try {
    const log = join(folder, "events");
    // The option is for tools such as Pulumi's own Automation API: only with this variable does the command know it.
    const logging = { PULUMI_DEBUG_COMMANDS: "true" };
    const ran = await pulumiCaptured(stack, [...args, ...policies, "--event-log", log], logging);
    return ran.stdout === "" ? ran : { ...ran, events: await readFile(log, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A state that lies elsewhere is asked for once it is known to be needed. */
function mayHideFiles(stack: string): boolean {
  if (sharedBackend() !== undefined) {
    return false;
  }
  const state = readFileSync(stateFile({ name: stack }), "utf8");
  return state.includes(resourceTokens.container) && state.includes('"ciphertext"');
}

export function exportPlain(stack: string): Promise<Captured> {
  const state = pulumiCaptured(stack, ["stack", "export", "--show-secrets", "--stack", stack]);
  state.catch(() => undefined);
  return state;
}
