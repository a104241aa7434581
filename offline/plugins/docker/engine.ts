import type Docker from "dockerode";
import { addressOf, type ProviderConfig } from "./provider";
import { SshAgent } from "./ssh";

/** A Docker engine, and what the handlers need to know of it. */
export interface Engine {
  readonly docker: Docker;
  readonly host: string;
  /** Identifies the engine and tells how far its clock is ahead of ours, in milliseconds. Asked once. */
  identity(): Promise<{ readonly id: string; readonly clockAheadMs: number }>;
  close(): void;
}

/** Connects to the engine that the provider names. Throws when nothing answers there. */
export async function connect(config: ProviderConfig): Promise<Engine> {
  const address = addressOf(config);
  const agent = address.ssh && new SshAgent(address.ssh.target, address.ssh.options);
  // dockerode takes a while to load, and a run that changes nothing may not need it.
  const { default: Dockerode } = await import("dockerode");
  const docker = new Dockerode({ ...address.options, ...(agent && { agent }) } as Docker.DockerOptions);
  const engine: Engine = {
    docker,
    host: address.host,
    identity: once(async () => {
      const asked = Date.now();
      const info = (await docker.info()) as { ID: string; SystemTime: string };
      return { id: info.ID, clockAheadMs: Date.parse(info.SystemTime) - (asked + Date.now()) / 2 };
    }),
    close: () => agent?.destroy(),
  };
  if (!config.disableDockerDaemonCheck) {
    try {
      await docker.ping();
    } catch (cause) {
      engine.close();
      throw new Error(
        `docker: no engine answers at ${address.host}: ${messageOf(cause)}. ` +
          "Is it running, and may this user reach it? The provider's `host` (or DOCKER_HOST) says where to look.",
      );
    }
  }
  return engine;
}

/** True for the Engine API's answer of this status. */
export function isStatus(error: unknown, status: number): boolean {
  return (error as { statusCode?: number } | undefined)?.statusCode === status;
}

/** The engine's own words where it said something, as the docker command line shows them. */
export function messageOf(error: unknown): string {
  const { json, message = String(error) } = error as { json?: { message?: string }; message?: string };
  // dockerode prefixes its messages with the status, and has no `json` where it expected a stream.
  const said = json?.message ?? /^\(HTTP code \d+\) [^-]*- (.*)$/s.exec(message)?.[1];
  return said === undefined ? message : `Error response from daemon: ${said.trim()}`;
}

/** The value, or undefined where the engine knows no such thing. */
export async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
