import { readFile } from "node:fs/promises";
import { ConfigurationError } from "../../components/config/problem";
import { credentialsOf, nomadAccess, writeCredentials } from "../lib/credentials";
import { sharedBackend } from "../lib/environment";
import { policyArguments } from "../lib/policy";
import { type Captured, hasState } from "../lib/pulumi";
import { isLocked, readClusterOf, type Stack } from "../lib/stack";
import { runSteps } from "../lib/steps";
import { writeWhole } from "../lib/writeWhole";
import { type Asked, askNomad } from "./askNomad";
import { PreviewError } from "./error";
import { explainFailure } from "./explain";
import { hidesFiles, type PlainState, withFiles } from "./hiddenFiles";
import { plannedJobs } from "./jobs";
import { planReport } from "./model";
import type { FailOn, Options } from "./options";
import { type Preview, readPreview } from "./preview";
import { Redactor } from "./redact";
import { render } from "./render";
import type { Verdict } from "./report";
import { exportPlain, type Runs, runPulumi } from "./runs";
import { secretsAround } from "./secrets";
import { readViolations, withViolations } from "./violations";

/** Name of the project, as Pulumi.yaml has it. */
const project = "hashistack";

/** Exit codes: 0 safe, 2 what `--fail-on` says; errors end with 1. */
const codes: Readonly<Record<FailOn, Readonly<Record<Verdict, number>>>> = {
  attention: { safe: 0, attention: 2, refused: 2 },
  refused: { safe: 0, attention: 0, refused: 2 },
  never: { safe: 0, attention: 0, refused: 0 },
};

/**
 * Previews a stack, or takes a saved preview, and writes what it will do.
 * @param early what was started before
 * @returns the exit code
 * @throws Error with a sentence for people; nothing is written then
 */
export async function reportOn(options: Options, early: Runs | undefined): Promise<number> {
  const planned = await planOf(options);
  const stack = planned instanceof ConfigurationError ? undefined : planned;
  const secrets = secretsAround(stack, process.env);
  try {
    const { preview, state } = await found(options, planned, early);
    const shown = await withHiddenFiles(preview, stack, state);
    secrets.push(...shown.secrets);
    const asked = await askedOf(options, stack, preview);
    const report = await planReport(shown.preview, {
      stack: options.stack,
      secrets,
      plans: asked.plans,
      nomad: asked.note,
    });
    const text = render(report, options.format, { whole: options.whole });
    await (options.output === undefined ? print(text) : writeWhole(options.output, text, 0o600));
    return codes[options.failOn][report.verdict];
  } catch (error) {
    // Whoever is answered, be it Pulumi or Nomad, may repeat what it was told.
    throw new Error(new Redactor(secrets).text(error instanceof Error ? error.message : String(error)));
  }
}

interface Found {
  readonly preview: Preview;
  readonly state?: Promise<Captured>;
}

/** The stack's plan without its jobs, or what is wrong with it: the program would refuse it with the same words. */
async function planOf({ stack }: Options): Promise<Stack | ConfigurationError> {
  try {
    return await readClusterOf(stack);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error;
    }
    throw error;
  }
}

function refusedBy(error: ConfigurationError): Preview {
  return {
    config: {},
    steps: [],
    diagnostics: [{ message: error.message, severity: "error" }],
    changeSummary: {},
    maybeCorrupt: false,
  };
}

async function found(options: Options, planned: Stack | ConfigurationError, early: Runs | undefined): Promise<Found> {
  const expected = { project, stack: options.stack };
  if (options.from !== undefined) {
    return {
      preview: readPreview(await textOf(options.from, `a saved "pulumi preview --json"`), {
        ...expected,
        source: options.from,
      }),
    };
  }
  if (planned instanceof ConfigurationError) {
    await early?.preview;
    return { preview: refusedBy(planned) };
  }
  if (early === undefined) {
    // What prepares a checkout is mostly not needed.
    const { pulumiSteps } = require("../lib/prepare") as typeof import("../lib/prepare");
    await runSteps(pulumiSteps(planned));
  }
  const runs = early ?? runPulumi(options, policyArguments(planned.topology.cluster));
  const { code, stdout, stderr, events } = await runs.preview;
  if (!stdout.trimStart().startsWith("{")) {
    throw new PreviewError(explainFailure(options.stack, code, `${stderr}\n${stdout}`, sharedBackend() !== undefined));
  }
  const preview = readPreview(stdout, { ...expected, source: "What pulumi preview printed" });
  const policies = events === undefined ? undefined : readViolations(events);
  if (options.save !== undefined) {
    await writeWhole(options.save, policies ? withViolations(stdout, policies) : stdout, 0o600);
  }
  return { preview: policies ? { ...preview, policies } : preview, state: runs.state };
}

async function textOf(file: string, expected: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new PreviewError(`${file} cannot be read (${(error as Error).message}). Expected ${expected}.`);
  }
}

/** Takes from the state what the preview hides without need: in memory, and only where there is such. */
async function withHiddenFiles(
  preview: Preview,
  stack: Stack | undefined,
  running: Promise<Captured> | undefined,
): Promise<{ preview: Preview; secrets: string[] }> {
  if (stack === undefined || !hidesFiles(preview) || !(await hasState(stack))) {
    return { preview, secrets: [] };
  }
  const { code, stdout } = await (running ?? exportPlain(stack.name));
  return code === 0 ? withFiles(preview, stack.topology, JSON.parse(stdout) as PlainState) : { preview, secrets: [] };
}

async function askedOf(options: Options, stack: Stack | undefined, preview: Preview): Promise<Asked> {
  const jobs = plannedJobs(preview);
  if (!options.nomad || stack === undefined) {
    const why = options.nomad ? "the stack's own file cannot be planned" : "it was not asked";
    return { plans: new Map(), note: `Nomad's own plan is not shown: ${why}.` };
  }
  return askNomad(jobs, {
    servers: stack.topology.nomadServers.map(({ url }) => url),
    ...(jobs.size > 0 ? await accessTo(stack) : { headers: {} }),
  });
}

/** A token of the caller's own, which may do less, comes before the one that the stack keeps. */
async function accessTo(stack: Stack): Promise<{ ca?: string; headers: Record<string, string> }> {
  const { NOMAD_TOKEN: token, NOMAD_CACERT: authority } = process.env;
  if (isLocked(stack) && !token && credentialsOf(stack).nomadToken === undefined && (await hasState(stack))) {
    await writeCredentials(stack);
  }
  const kept = await nomadAccess(stack);
  return {
    ...kept,
    ...(authority ? { ca: await textOf(authority, "the certificate that NOMAD_CACERT names") } : {}),
    headers: token ? { "x-nomad-token": token } : kept.headers,
  };
}

function print(text: string): Promise<void> {
  return new Promise((done, failed) => process.stdout.write(text, (error) => (error ? failed(error) : done())));
}
