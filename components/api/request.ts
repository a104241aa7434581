import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { text } from "node:stream/consumers";

/** What an HTTP endpoint said, or why it said nothing. Bodies are parsed JSON where they are JSON, else text. */
export type Answer =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: 0; readonly error: string };

export interface Question {
  /** @default GET */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificate authority to trust in place of the machine's own, in PEM. */
  readonly ca?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
}

/** Asks once. Never throws: whatever goes wrong is the answer. */
export async function ask(url: string, question: Question): Promise<Answer> {
  const { method = "GET", headers = {}, ca, body, timeoutMs } = question;
  const signal = AbortSignal.timeout(timeoutMs);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  try {
    const target = new URL(url);
    const start = target.protocol === "https:" ? tlsRequest : plainRequest;
    return await new Promise((resolve, reject) => {
      const sent = start(
        target,
        {
          method,
          headers: { ...headers, ...(payload === undefined ? {} : { "content-type": "application/json" }) },
          signal,
          // A connection a question: agents restart between two of them.
          agent: false,
          ...(ca === undefined ? {} : { ca }),
        },
        (response) => {
          text(response).then(
            (said) => resolve({ status: response.statusCode ?? 0, body: parsed(said) }),
            (error: Error) => reject(error),
          );
        },
      );
      sent.on("error", reject);
      sent.end(payload);
    });
  } catch (error) {
    return { status: 0, error: signal.aborted ? `no answer within ${timeoutMs / 1000} s` : reason(error) };
  }
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return said;
  }
}

function reason(error: unknown): string {
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  return (cause as Partial<Error> | undefined)?.message ?? String(cause);
}

/** What an answer said, for a sentence about it. */
export function saidIn(answer: Answer): string {
  if ("error" in answer) {
    return answer.error;
  }
  const said = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  return `${answer.status}: ${said.trim().slice(0, 200) || "(nothing)"}`;
}
