import type { ImageInspectInfo } from "dockerode";
import type { Context } from "../../kit/definition";
import { type Engine, messageOf, orGone } from "../engine";

/** The image as the engine has it, or undefined where it has none of this name. */
export async function localImage(engine: Engine, name: string): Promise<ImageInspectInfo | undefined> {
  return orGone(engine.docker.getImage(name).inspect());
}

/** The local image of this name, pulled only where there is none. */
export async function findImage(
  engine: Engine,
  name: string,
  context: Context,
  platform?: string,
): Promise<ImageInspectInfo> {
  const local = await localImage(engine, name);
  if (local !== undefined) return local;
  await pull(engine, name, context, platform);
  const pulled = await localImage(engine, name);
  if (pulled === undefined) throw new Error(`unable to find or pull image ${name}`);
  return pulled;
}

interface PullEvent {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
}

async function pull(engine: Engine, name: string, context: Context, platform: string | undefined): Promise<void> {
  context.status(`pulling ${name}`);
  try {
    const stream = await engine.docker.pull(taggedName(name), platform ? { platform } : {});
    await new Promise<void>((resolve, reject) => {
      const stop = () => (stream as unknown as { destroy(error: Error): void }).destroy(new Error("cancelled"));
      context.signal.addEventListener("abort", stop, { once: true });
      engine.docker.modem.followProgress(
        stream,
        (error, events: PullEvent[] | null) => {
          context.signal.removeEventListener("abort", stop);
          const failed = events?.find((event) => event.error)?.error;
          if (error) reject(error);
          else if (failed) reject(new Error(failed));
          else resolve();
        },
        (event: PullEvent) => context.status(`pulling ${name}: ${[event.id, event.status].filter(Boolean).join(" ")}`),
      );
    });
  } catch (cause) {
    throw new Error(`unable to pull image ${name}: error pulling image ${name}: ${messageOf(cause)}`);
  }
}

/** Without a tag the Engine API pulls every tag of a repository: `latest` is meant. */
export function taggedName(name: string): string {
  const lastPart = name.slice(name.lastIndexOf("/") + 1);
  return lastPart.includes(":") || lastPart.includes("@") ? name : `${name}:latest`;
}

/** The digest of the repository that the name asks for, as `repository@sha256:…`; empty for images never pulled. */
export function repoDigest(name: string, digests: readonly string[] | null | undefined): string {
  if (!digests || digests.length === 0) return "";
  if (digests.length === 1) return digests[0] ?? "";
  const repository = taggedName(name)
    .replace(/@.*$/, "")
    .replace(/:[^:/]*$/, "");
  return digests.find((digest) => digest.startsWith(`${repository}@`)) ?? "";
}
