/** What an HTTP endpoint said, or why it said nothing. Bodies are parsed JSON where they are JSON, else text. */
export type Answer =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: 0; readonly error: string };

/** Asks a URL. Within one round of conditions every URL is asked once. */
export type Ask = (url: string) => Promise<Answer>;

/** A condition is met, or there is one sentence that says what is missing, where, and what was answered. */
export type Verdict = { readonly met: true } | { readonly met: false; readonly why: string };

/** One line of the list of what "healthy" means. Judges answers, and does nothing else. */
export interface Condition {
  /** What is waited for, as one reads it in the progress: "Consul has a leader". */
  readonly name: string;
  evaluate(ask: Ask): Promise<Verdict>;
}

export const met: Verdict = { met: true };

export function unmet(why: string): Verdict {
  return { met: false, why };
}

/** The parsed body of a 200, or the sentence that says what came instead. */
export function bodyOf(url: string, answer: Answer, accepted: readonly number[] = [200]): { body: unknown } | Verdict {
  if ("error" in answer) {
    return unmet(`${url} does not answer: ${answer.error}`);
  }
  if (!accepted.includes(answer.status)) {
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    return unmet(`${url} answers ${answer.status}: ${text.trim().slice(0, 200) || "(nothing)"}`);
  }
  return { body: answer.body };
}

/** The first verdict that is not met. */
export async function firstUnmet(steps: Iterable<() => Promise<Verdict>>): Promise<Verdict> {
  for (const step of steps) {
    const verdict = await step();
    if (!verdict.met) {
      return verdict;
    }
  }
  return met;
}
