import type { Client, ClientChannel } from "ssh2";
import type { Context } from "../kit";
import type { Connection } from "./connection";
import { withClient } from "./dial";
import { goQuote } from "./goText";
import { collect, type Logging } from "./output";

export { copyToRemote } from "./sftp";

/** One command on another machine. */
export interface RemoteRun {
  readonly connection: Connection;
  readonly command: string;
  /** Must be accepted by the server (AcceptEnv), or the command is not run. */
  readonly environment: { readonly [name: string]: string };
  /** Passed on where the server accepts it; where not, a warning says so. */
  readonly previous: { readonly [name: string]: string };
  readonly stdin?: string;
  readonly logging?: Logging;
}

/**
 * Runs a command over SSH to its end.
 * @throws Error worded as the official plugin words it.
 */
export async function runRemote(run: RemoteRun, context: Context): Promise<{ stdout: string; stderr: string }> {
  return withClient(run.connection, context, async (client) => {
    const environment = { ...run.previous, ...run.environment };
    await assertAccepted(client, environment, run, context);
    const collector = collect(run.logging, context.status);
    const failure = await execute(client, run.command, environment, run.stdin ?? "", {
      stdout: collector.stdout,
      stderr: collector.stderr,
    });
    const printed = collector.finish();
    if (failure !== undefined) throw new Error(`${failure}: running ${goQuote(run.command)}:\n${printed.both}`);
    return { stdout: printed.stdout, stderr: printed.stderr };
  });
}

/**
 * A server drops variables that it does not accept, and the SSH client is not told. So a look around comes first: a
 * command must not run without what it counts on.
 */
async function assertAccepted(
  client: Client,
  environment: { readonly [name: string]: string },
  run: RemoteRun,
  context: Context,
): Promise<void> {
  const names = Object.keys(environment);
  if (names.length === 0) return;
  let seen = "";
  await execute(client, "env", environment, "", {
    stdout: (chunk) => {
      seen += chunk.toString("utf8");
    },
    stderr: () => {},
  });
  const set = new Set(seen.split("\n").map((line) => line.split("=", 1)[0]));
  for (const name of names.filter((name) => !set.has(name))) {
    const message =
      `Unable to set '${name}'. This only works if your SSH server is configured to accept these variables via ` +
      "AcceptEnv. Otherwise pass the value through `stdin`, or set `addPreviousOutputInEnv: false`.";
    if (name in run.environment) {
      context.log("error", message);
      throw new Error(`could not set environment variable ${goQuote(name)}: ssh: setenv failed`);
    }
    context.log("warning", message);
  }
}

/** How the command failed, or undefined where it did not. */
async function execute(
  client: Client,
  command: string,
  environment: { readonly [name: string]: string },
  stdin: string,
  sink: { stdout(chunk: Buffer): void; stderr(chunk: Buffer): void },
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: environment }, (error, channel: ClientChannel) => {
      if (error) {
        reject(error);
        return;
      }
      // Listening begins in this very call: on a busy machine one packet brings the start, the output and the end.
      let ended: string | undefined = "wait: remote command exited without exit status or exit signal";
      channel.on("exit", (code: number | null, signal?: string) => {
        if (code === 0) ended = undefined;
        else if (code === null)
          ended = `Process exited with status 1 from signal ${(signal ?? "").replace(/^SIG/, "")}`;
        else ended = `Process exited with status ${code}`;
      });
      channel.on("close", () => resolve(ended));
      channel.on("data", sink.stdout);
      channel.stderr.on("data", sink.stderr);
      channel.end(stdin);
    });
  });
}
