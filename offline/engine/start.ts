import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../command";
import type { Report } from "../report";
import { daemonPid, livePid, removeStalePids, systemProgram } from "./daemon";
import { askEngine } from "./find";

const startSeconds = 60;
const stopSeconds = 30;
const logLines = 12;

export interface StartOptions {
  /** Folder for the log and the process id of a daemon that is started here. */
  readonly directory: string;
  readonly report: Report;
}

const files = (directory: string) => ({ pid: join(directory, "dockerd.pid"), log: join(directory, "dockerd.log") });

/** Starts the installed engine and waits until it answers. A daemon that is starting already is only waited for. */
export async function startEngine(options: StartOptions): Promise<void> {
  const { report } = options;
  const starting = await daemonPid();
  if (starting !== undefined) {
    report(`a Docker daemon (process ${starting}) is starting`);
    await answering(report, async () =>
      (await daemonPid()) === starting
        ? undefined
        : `The Docker daemon (process ${starting}) ended before it answered.`,
    );
    return;
  }
  report("starting the Docker engine");
  if (existsSync("/run/systemd/system")) {
    await run("systemctl", ["start", "docker"]);
    await answering(report, async () => undefined);
    return;
  }
  await startByHand(options);
}

async function startByHand({ directory, report }: StartOptions): Promise<void> {
  const { pid, log } = files(directory);
  await mkdir(directory, { recursive: true });
  await removeStalePids();
  const earlier = (await stat(log).catch(() => undefined))?.size ?? 0;
  const output = openSync(log, "a");
  // A session and a folder of its own: it outlives this process, its terminal and this checkout.
  const daemon = spawn(systemProgram("dockerd") ?? "dockerd", [], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let ended: string | undefined;
  daemon.on("error", (error) => {
    ended = error.message;
  });
  daemon.on("exit", (code, signal) => {
    ended = String(code ?? signal);
  });
  if (daemon.pid !== undefined) {
    await writeFile(pid, `${daemon.pid}\n`);
  }
  daemon.unref();
  await answering(report, async () => {
    if (ended === undefined) {
      return undefined;
    }
    await rm(pid, { force: true });
    const words = (await readFile(log)).subarray(earlier).toString().trim().split("\n").slice(-logLines).join("\n");
    return `The Docker daemon ended (${ended}) before it answered. The end of its log, ${log}:\n${words}`;
  });
}

async function answering(report: Report, failed: () => Promise<string | undefined>): Promise<void> {
  const began = Date.now();
  for (let tries = 1; ; tries++) {
    const answer = await askEngine();
    if (answer.engine) {
      return;
    }
    const failure = await failed();
    if (failure !== undefined) {
      throw new Error(failure);
    }
    if (Date.now() - began > startSeconds * 1000) {
      throw new Error(`The Docker engine did not answer within ${startSeconds} s of its start: ${answer.reason}`);
    }
    if (tries % 25 === 0) {
      report("waiting for the Docker engine to answer");
    }
    await sleep(200);
  }
}

/**
 * Stops the engine that `ensureEngine` started by hand from the same folder, and no other.
 *
 * @returns whether there was one.
 */
export async function stopEngine({ directory, report }: StartOptions): Promise<boolean> {
  const { pid: file } = files(directory);
  const pid = await livePid(file, /^dockerd/);
  if (pid === undefined) {
    await rm(file, { force: true });
    return false;
  }
  report("stopping the Docker engine that was started here");
  process.kill(pid, "SIGTERM");
  for (const began = Date.now(); (await livePid(file, /^dockerd/)) !== undefined; await sleep(200)) {
    if (Date.now() - began > stopSeconds * 1000) {
      throw new Error(`The Docker daemon (process ${pid}) was told to end and still runs after ${stopSeconds} s.`);
    }
  }
  await rm(file, { force: true });
  return true;
}
