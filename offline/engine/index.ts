import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aptInstall, canUseApt } from "../apt";
import { run } from "../command";
import type { Report } from "../report";

export interface Engine {
  readonly version: string;
  /** Folder in which the engine keeps its volumes and images. */
  readonly root: string;
  readonly origin: "running" | "started";
}

export interface EngineOptions {
  /** Folder for the log and the process id of an engine that is started here. */
  readonly directory: string;
  readonly report: Report;
}

const startSeconds = 60;

/** The engine that answers, or undefined. */
export async function findEngine(): Promise<Omit<Engine, "origin"> | undefined> {
  try {
    const text = await run("docker", ["info", "--format", "{{.ServerVersion}} {{.DockerRootDir}}"]);
    const [, version, root] = /^(\S+) (\/.*)$/.exec(text.trim()) ?? [];
    return version !== undefined && root !== undefined ? { version, root } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Uses the Docker engine that answers. Where none does, installs the distribution's as root on Debian and Ubuntu, and
 * starts it; anywhere else it says what to do.
 */
export async function ensureEngine(options: EngineOptions): Promise<Engine> {
  const running = await findEngine();
  if (running) {
    return { ...running, origin: "running" };
  }
  if (!existsSync("/usr/bin/dockerd") && !existsSync("/usr/sbin/dockerd")) {
    if (!canUseApt()) {
      throw new Error(
        "No Docker engine answers. Install and start one, then run this again:\n" +
          "  Debian or Ubuntu, as root:  apt-get install docker.io iptables && systemctl start docker\n" +
          "  elsewhere:                  see https://docs.docker.com/engine/install/\n" +
          "If one runs already, your user may not reach it: join the group docker, or set DOCKER_HOST.",
      );
    }
    options.report("no Docker engine here: installing the distribution's (docker.io)");
    await aptInstall(["docker.io", "iptables"], options.report);
  }
  await start(options);
  const started = await findEngine();
  if (started === undefined) {
    throw new Error("The Docker engine was started and then stopped answering; look at its log.");
  }
  return { ...started, origin: "started" };
}

async function start({ directory, report }: EngineOptions): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error("A Docker engine is installed but does not answer. Start it as root: systemctl start docker");
  }
  report("starting the Docker engine");
  if (existsSync("/run/systemd/system")) {
    await run("systemctl", ["start", "docker"]);
    await answering(report, async () => undefined);
    return;
  }
  await mkdir(directory, { recursive: true });
  const log = join(directory, "dockerd.log");
  await removeStalePid("/var/run/docker.pid");
  await removeStalePid("/var/run/docker/containerd/containerd.pid");
  const output = openSync(log, "a");
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  let exited: number | null | undefined;
  daemon.on("exit", (code) => {
    exited = code;
  });
  await writeFile(join(directory, "dockerd.pid"), String(daemon.pid));
  daemon.unref();
  await answering(report, async () => {
    if (exited === undefined) {
      return undefined;
    }
    const words = (await readFile(log, "utf8")).trim().split("\n").slice(-8).join("\n");
    return `The Docker engine ended with ${exited}. The end of its log, ${log}:\n${words}`;
  });
}

async function answering(report: Report, failed: () => Promise<string | undefined>): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  for (let tries = 1; (await findEngine()) === undefined; tries++) {
    const failure = await failed();
    if (failure !== undefined) {
      throw new Error(failure);
    }
    if (Date.now() > deadline) {
      throw new Error(`The Docker engine did not answer within ${startSeconds} s of its start.`);
    }
    if (tries % 25 === 0) {
      report("waiting for the Docker engine to answer");
    }
    await sleep(200);
  }
}

/** The daemon refuses to start beside the process id of a dead one that another process has since taken. */
async function removeStalePid(path: string): Promise<void> {
  const pid = Number(await readFile(path, "utf8").catch(() => ""));
  if (pid > 0) {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (!/^(dockerd|containerd)/.test(name)) {
      await rm(path, { force: true });
    }
  }
}

/** Stops the engine that `ensureEngine` started from the same folder, and no other. */
export async function stopEngine({ directory, report }: EngineOptions): Promise<boolean> {
  const file = join(directory, "dockerd.pid");
  const pid = Number(await readFile(file, "utf8").catch(() => ""));
  const name = pid > 0 ? await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "") : "";
  if (!name.startsWith("dockerd")) {
    await rm(file, { force: true });
    return false;
  }
  report("stopping the Docker engine that was started here");
  process.kill(pid, "SIGTERM");
  const deadline = Date.now() + 30_000;
  while (existsSync(`/proc/${pid}`) && Date.now() < deadline) {
    await sleep(200);
  }
  await rm(file, { force: true });
  return true;
}
