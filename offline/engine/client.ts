import { existsSync } from "node:fs";
import type Docker from "dockerode";

export const defaultSocket = "/var/run/docker.sock";

/** Where the engine is looked for: `DOCKER_HOST`, else the usual socket. */
export function engineAddress(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.DOCKER_HOST || `unix://${defaultSocket}`;
}

/** Whether the engine is, or would be, this machine's own at its usual place. */
export function isUsualEngine(address: string = engineAddress()): boolean {
  return address === `unix://${defaultSocket}` || address === "unix:///run/docker.sock";
}

/** A client of the engine's API; undefined for an engine over ssh, to which only Docker's own command line goes. */
export async function engineClient(): Promise<Docker | undefined> {
  const address = engineAddress();
  if (address.startsWith("ssh:")) {
    return undefined;
  }
  const { default: Dockerode } = await import("dockerode");
  // Reads DOCKER_HOST and the variables about TLS by itself.
  return new Dockerode(existsSync(defaultSocket) && isUsualEngine(address) ? { socketPath: defaultSocket } : undefined);
}
