import { run } from "../command";
import { engineClient } from "../engine/client";
import type { Report } from "../report";
import type { ImageReference } from "./reference";

/** How a registry took the engine's question: `silent` is one that cannot be reached. */
export type Answer = "silent" | "has it" | "refuses";

/** Asks about an image through the engine, which knows its own mirrors and proxies. */
export type Ask = (reference: string) => Promise<Answer>;

/** Milliseconds that a registry may take to say whether it has an image. */
const answerMs = 4_000;
/** Minutes that the engine may take to pull one image. */
const pullMinutes = 20;

export async function askRegistry(reference: string): Promise<Answer> {
  const client = await engineClient();
  if (client === undefined) {
    // An engine over ssh: pulling will tell.
    return "refuses";
  }
  const abort = AbortSignal.timeout(answerMs);
  try {
    // `image.distribution()` cannot be cut short.
    await new Promise((resolve, reject) => {
      const question = {
        path: `/distribution/${reference}/json`,
        method: "GET",
        statusCodes: { 200: true },
        abortSignal: abort,
      };
      client.modem.dial(question, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    return "has it";
  } catch (cause) {
    return judgeAnswer(cause, abort.aborted);
  }
}

/** The engine passes on what a registry said as 4xx, and says 5xx where it could not ask. */
export function judgeAnswer(cause: unknown, timedOut: boolean): Answer {
  const { statusCode = 500 } = cause as { statusCode?: number };
  return !timedOut && statusCode >= 400 && statusCode < 500 ? "refuses" : "silent";
}

/** Pulls images, and asks a registry that was silent no second time. */
export class Puller {
  private readonly silent = new Set<string>();

  constructor(
    private readonly report: Report,
    private readonly ask: Ask = askRegistry,
    private readonly docker: (args: readonly string[]) => Promise<string> = pullWithDocker(report),
  ) {}

  /**
   * Puts an image on the engine under `reference`, from `source` on the same registry.
   *
   * @returns why that could not be done; undefined where it was.
   */
  async pull(reference: string, source: string, { registry }: ImageReference): Promise<string | undefined> {
    if (this.silent.has(registry)) {
      return `${registry} does not answer`;
    }
    if ((await this.ask(source)) === "silent") {
      this.silent.add(registry);
      this.report(`${registry} does not answer`);
      return `${registry} does not answer`;
    }
    this.report(`pulling ${source}`);
    try {
      await this.docker(["pull", source]);
      if (source !== reference) {
        await this.docker(["tag", source, reference]);
      }
      return undefined;
    } catch (cause) {
      // Docker's command line has credentials that the question above has not, so a refusal there was not the last word.
      return `${registry} did not give it: ${(cause as Error).message.trim().split("\n").pop()}`;
    }
  }
}

function pullWithDocker(report: Report): (args: readonly string[]) => Promise<string> {
  return async (args) => {
    const began = Date.now();
    const timer = setInterval(
      () => report(`still at it after ${Math.round((Date.now() - began) / 1000)} s: docker ${args.join(" ")}`),
      10_000,
    );
    try {
      return await run("docker", args, { timeout: pullMinutes * 60_000 });
    } finally {
      clearInterval(timer);
    }
  };
}
