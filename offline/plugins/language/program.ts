import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseOptions } from "./options";

/** One run of the user's program. */
export interface ProgramRun {
  readonly programDirectory: string;
  readonly rootDirectory: string;
  readonly entryPoint: string;
  readonly arguments: readonly string[];
  readonly options: { readonly [name: string]: unknown };
  readonly monitorAddress: string;
  readonly engineAddress: string | undefined;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  /** Full keys (`project:name`) and values. */
  readonly config: { readonly [key: string]: string };
  readonly configSecretKeys: readonly string[];
}

/** How a run ended: `bail` means that the person was told already, so nothing more is to be said. */
export interface ProgramResult {
  readonly error: string;
  readonly bail: boolean;
}

/** The SDK's runner exits with it once it has shown the error itself. */
const exitAfterUserMessage = 32;

const outOfMemory = /FATAL ERROR: .*(heap out of memory|Allocation failed)/;

/** Starts the program; `onStart` gets its process, so that it can be stopped. */
export async function runProgram(run: ProgramRun, onStart: (child: ChildProcess) => void): Promise<ProgramResult> {
  const options = parseOptions(run.options);
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(legacyKeys(run.config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(run.configSecretKeys),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
  const args = [...options.nodeArguments, locateModule(runnerModule(), run.programDirectory), ...runnerArguments(run)];
  // The engine reads this process's output; the program writes straight into it.
  const child = spawn(nodeCommand, args, { env: environment, stdio: ["ignore", "inherit", "pipe"] });
  onStart(child);
  let tail = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    tail = (tail + chunk.toString("latin1")).slice(-8192);
  });
  return new Promise((resolve) => {
    child.on("error", (error) =>
      resolve({ error: `Problem executing program (could not run language executor): ${error.message}`, bail: false }),
    );
    // Not "exit": the output may still be on its way then.
    child.on("close", (code, signal) => resolve(judge(code, signal, tail)));
  });
}

/** `node` from the PATH, as the person uses it, not the one that runs this plugin. */
export const nodeCommand = "node";

function judge(code: number | null, signal: NodeJS.Signals | null, tail: string): ProgramResult {
  if (code === 0) return { error: "", bail: false };
  if (code === exitAfterUserMessage) return { error: "", bail: true };
  const how =
    signal === null
      ? `Program exited with non-zero exit code: ${code}`
      : `Program was ended by the signal ${signal} before it was done`;
  if (!outOfMemory.test(tail)) return { error: how, bail: false };
  const advice =
    "Detected a possible out of memory error. Give Node.js more memory with `nodeargs: --max-old-space-size=<megabytes>` under runtime.options in Pulumi.yaml.";
  return { error: `${how}. ${advice}`, bail: false };
}

/** @throws Error that says what to do, where the SDK is not installed beside the program. */
export function locateModule(module: string, directory: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve(module);
  } catch (error) {
    throw new Error(
      `It looks like the Pulumi SDK has not been installed: ${module} is not found from ${directory}. ` +
        `Run \`npm install\` there. (${error instanceof Error ? error.message.split("\n", 1)[0] : error})`,
    );
  }
}

function runnerModule(): string {
  return process.env.PULUMI_LANGUAGE_NODEJS_RUN_PATH || "@pulumi/pulumi/cmd/run";
}

function runnerArguments(run: ProgramRun): string[] {
  const named = {
    monitor: run.monitorAddress,
    engine: run.engineAddress,
    organization: run.organization,
    project: run.project,
    "root-directory": run.rootDirectory,
    stack: run.stack,
    pwd: run.programDirectory,
    parallel: String(run.parallel),
  };
  return [
    ...Object.entries(named).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(run.dryRun ? ["--dry-run"] : []),
    run.entryPoint,
    ...run.arguments,
  ];
}

/** `project:name` → `project:config:name`, the form that SDKs of every age understand. */
function legacyKeys(config: { readonly [key: string]: string }): { [key: string]: string } {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const [namespace, ...name] = key.split(":");
      return name[0] === "config" ? [key, value] : [`${namespace}:config:${name.join(":")}`, value];
    }),
  );
}
