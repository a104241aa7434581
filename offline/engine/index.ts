import { join } from "node:path";
import { aptInstall, aptKnows, canUseApt } from "../apt";
import { withLock } from "../lock";
import { engineAddress, isUsualEngine } from "./client";
import { systemProgram } from "./daemon";
import { askEngine, type EngineInfo } from "./find";
import { type StartOptions, startEngine } from "./start";

export { type EngineInfo, findEngine } from "./find";
export { ensureSharedMounts } from "./sharedMounts";
export { stopEngine } from "./start";

export interface Engine extends EngineInfo {
  readonly origin: "running" | "started" | "installed";
}

export type EngineOptions = StartOptions;

/**
 * Uses the Docker engine that answers, at `DOCKER_HOST` or at the usual socket. Where none does, installs the
 * distribution's as root on Debian and Ubuntu, and starts it. Safe to repeat, and to run twice at a time.
 *
 * @throws anywhere else, with the steps to take.
 */
export async function ensureEngine(options: EngineOptions): Promise<Engine> {
  const answer = await askEngine();
  if (answer.engine) {
    return { ...answer.engine, origin: "running" };
  }
  const steps = stepsToTake({
    address: engineAddress(),
    usual: isUsualEngine(),
    reason: answer.reason,
    root: process.getuid?.() === 0,
    apt: canUseApt(),
    installed: systemProgram("dockerd") !== undefined,
  });
  if (steps !== undefined) {
    throw new Error(steps);
  }
  return withLock(join(options.directory, "lock"), () => installAndStart(options), {
    waiting: ({ pid }) => options.report(`process ${pid} is starting the Docker engine`),
  });
}

/** What is known of a machine on which no engine answers. */
export interface Silence {
  readonly address: string;
  readonly usual: boolean;
  /** In Docker's words. */
  readonly reason: string;
  readonly root: boolean;
  readonly apt: boolean;
  readonly installed: boolean;
}

/** What a person must do before there is an engine; undefined where we can do it. */
export function stepsToTake({ address, usual, reason, root, apt, installed }: Silence): string | undefined {
  if (/permission denied/i.test(reason)) {
    return (
      `A Docker engine is at ${address}, and this user may not use it. As root: usermod -aG docker ${userName()}\n` +
      "Then log in again, and run this again. (Who may use the engine is as powerful as root.)"
    );
  }
  if (!usual) {
    return (
      `DOCKER_HOST is ${address}, and no Docker engine answers there: ${reason}\n` +
      "Start that one, or unset DOCKER_HOST to use this machine's own."
    );
  }
  if (installed) {
    return root ? undefined : "A Docker engine is installed and does not answer. Start it: sudo systemctl start docker";
  }
  if (apt) {
    return undefined;
  }
  return (
    `No Docker engine answers at ${address}. Install and start one, then run this again:\n` +
    "  Debian or Ubuntu:  sudo apt-get install --no-install-recommends docker.io iptables && sudo systemctl start docker\n" +
    "  (or run this as root there, and it does so itself)\n" +
    "  elsewhere:         see https://docs.docker.com/engine/install/"
  );
}

function userName(): string {
  return process.env.USER || process.env.LOGNAME || "$USER";
}

async function installAndStart(options: EngineOptions): Promise<Engine> {
  const meanwhile = await askEngine();
  if (meanwhile.engine) {
    return { ...meanwhile.engine, origin: "running" };
  }
  const missing = await missingPackages(options);
  if (missing.length > 0) {
    options.report("there is no Docker engine here: installing the distribution's");
    await aptInstall(missing, options.report);
  }
  await startEngine(options);
  const started = await askEngine();
  if (!started.engine) {
    throw new Error(`The Docker engine was started and then stopped answering: ${started.reason}`);
  }
  return { ...started.engine, origin: missing.includes("docker.io") ? "installed" : "started" };
}

async function missingPackages({ report }: EngineOptions): Promise<string[]> {
  if (!canUseApt()) {
    return [];
  }
  const missing = systemProgram("dockerd") ? [] : ["docker.io"];
  // The daemon needs it, and the package only recommends it.
  if (!systemProgram("iptables")) {
    missing.push("iptables");
  }
  // Newer distributions put the command line into a package of its own.
  if (!systemProgram("docker") && (await aptKnows("docker-cli", report))) {
    missing.push("docker-cli");
  }
  return missing;
}
