import { type ChildProcess, spawn } from "node:child_process";
import { parseOptions } from "./options";
import { outputOf, type ProcessOutput } from "./output";
import { PolicyProxy } from "./policyProxy";
import { locateModule, nodeCommand } from "./program";

/** One run of a policy pack. */
export interface PolicyPackRun {
  /** The folder with PulumiPolicy.yaml. */
  readonly directory: string;
  /** What the engine wants the pack to be told: its address first of all. */
  readonly arguments: readonly string[];
  /** The whole environment, as `NAME=value`. */
  readonly environment: readonly string[];
  readonly options: { readonly [name: string]: unknown };
}

/**
 * Runs a policy pack until it ends and yields what it writes, its port first.
 *
 * @throws Error where it ends with anything but 0
 */
export async function* runPolicyPack(
  run: PolicyPackRun,
  cancelled: AbortSignal,
  onStart: (child: ChildProcess) => void,
): AsyncGenerator<ProcessOutput> {
  const options = parseOptions(run.options);
  const runner = locateModule("@pulumi/pulumi/cmd/run-policy-pack", run.directory);
  const proxy = new PolicyProxy();
  try {
    yield { stdout: Buffer.from(`${await proxy.listen()}\n`) };
    const gone = new Promise<undefined>((resolve) => cancelled.addEventListener("abort", () => resolve(undefined)));
    const stack = await Promise.race([proxy.stack, gone]);
    if (cancelled.aborted) return;

    const environment: NodeJS.ProcessEnv = {
      ...Object.fromEntries(run.environment.map(splitPair)),
      ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
      ...(stack && {
        PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
        PULUMI_NODEJS_PROJECT: stack.getProject(),
        PULUMI_NODEJS_STACK: stack.getStack(),
        PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().toArray())),
      }),
    };
    // In this order in the official host, too: what is meant for node itself reaches only the pack's runner.
    const args = [runner, ...options.nodeArguments, ...run.arguments, run.directory];
    const child = spawn(nodeCommand, args, {
      cwd: run.directory,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onStart(child);
    yield* attached(child, proxy);
  } finally {
    proxy.close(new Error("policy pack not started: it ended before it could be asked"));
  }
}

/** Attaches the proxy to the port that the pack writes first; what it writes besides is yielded. */
async function* attached(child: ChildProcess, proxy: PolicyProxy): AsyncGenerator<ProcessOutput> {
  const output = outputOf(child);
  let first = "";
  let port: string | undefined;
  let failure: Error | undefined;
  for (;;) {
    const { value, done } = await output.next();
    if (done) {
      if (failure) throw failure;
      if (value.error) throw new Error(`Problem executing plugin program: ${value.error.message}`);
      if (port === undefined) throw new Error(`could not read policy pack port: it wrote ${JSON.stringify(first)}`);
      if (value.code !== 0) throw new Error(`Program exited with non-zero exit code: ${value.code}`);
      return;
    }
    if (value.stdout === undefined || port !== undefined) {
      yield value;
      continue;
    }
    first += Buffer.from(value.stdout).toString();
    const [, digits, rest] = /^\s*(\d+)\r?\n([\s\S]*)$/.exec(first) ?? [];
    if (digits === undefined) continue;
    port = digits;
    proxy.attach(Number(digits)).catch((cause: Error) => {
      failure = new Error(`policy pack configuration failed: ${cause.message}`);
      child.kill("SIGTERM");
    });
    if (rest) yield { stdout: Buffer.from(rest) };
  }
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}
