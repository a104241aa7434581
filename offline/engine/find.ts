import { run } from "../command";
import { engineAddress } from "./client";

/** What an engine says of itself. */
export interface EngineInfo {
  readonly version: string;
  /** Folder in which the engine keeps its volumes and images, on the engine's machine. */
  readonly root: string;
}

/** What became of the question: an engine, or the reason why there is none to be used. */
export type EngineAnswer = { readonly engine: EngineInfo } | { readonly engine?: undefined; readonly reason: string };

/** Milliseconds that an engine may take to answer: a remote one over ssh needs some. */
const answerMs = 10_000;

/** Asks the engine at `DOCKER_HOST`, else at the usual socket. */
export async function askEngine(): Promise<EngineAnswer> {
  const env = { ...process.env, DOCKER_HOST: engineAddress() };
  const format = "{{.ServerVersion}}\t{{.DockerRootDir}}";
  try {
    return readInfo(await run("docker", ["info", "--format", format], { env, timeout: answerMs }));
  } catch (cause) {
    return { reason: lastLine((cause as Error).message) };
  }
}

/** Reads `docker info`, which ends well with nothing to say where no engine answers, in some versions. */
export function readInfo(text: string): EngineAnswer {
  const [, version, root] = /^(\S+)\t(\S.*)$/m.exec(text) ?? [];
  return version !== undefined && root !== undefined
    ? { engine: { version, root: root.trim() } }
    : { reason: `no engine answers at ${engineAddress()}` };
}

/** The engine that answers, or undefined. */
export async function findEngine(): Promise<EngineInfo | undefined> {
  return (await askEngine()).engine;
}

function lastLine(text: string): string {
  return text.trim().split("\n").pop() ?? "";
}
