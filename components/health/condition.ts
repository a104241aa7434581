import { type Answer, saidIn } from "../api/request";

export type { Answer } from "../api/request";

/** Asks a URL. Within one round of conditions every URL is asked once. */
export type Ask = (url: string) => Promise<Answer>;

/** A condition is met, or there is one sentence that says what is missing, where, and what was answered. */
export type Verdict =
  | { readonly met: true }
  | {
      readonly met: false;
      readonly why: string;
      /** Status of the answer that was not the expected one. */
      readonly status?: number;
    };

/** One line of the list of what "healthy" means. Judges answers, and does nothing else. */
export interface Condition {
  /** What is waited for, as one reads it in the progress: "Consul has a leader". */
  readonly name: string;
  evaluate(ask: Ask): Promise<Verdict>;
}

export const met: Verdict = { met: true };

export function unmet(why: string, status?: number): Verdict {
  return { met: false, why, ...(status === undefined ? {} : { status }) };
}

/** The parsed body of a 200, or the sentence that says what came instead. */
export function bodyOf(url: string, answer: Answer, accepted: readonly number[] = [200]): { body: unknown } | Verdict {
  if ("error" in answer) {
    return unmet(`${url} does not answer: ${answer.error}`);
  }
  if (!accepted.includes(answer.status)) {
    return unmet(`${url} answers ${saidIn(answer)}`, answer.status);
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
