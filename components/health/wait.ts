import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, ask } from "../api/request";
import { type Ask, type Condition, unmet, type Verdict } from "./condition";

/** What waiting needs of the world: a test hands in its own. */
export interface World {
  ask(url: string): Promise<Answer>;
  /** Milliseconds, rising. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** A line for the person who waits. */
  say(line: string): void;
}

export interface WaitOptions {
  readonly timeoutSeconds: number;
  /** Seconds between two lines of progress. @default 3 */
  readonly progressSeconds?: number;
}

export interface Waited {
  readonly healthy: boolean;
  /** Conditions that were unmet at the end, each with the last answer's sentence. */
  readonly unmet: readonly { readonly name: string; readonly why: string }[];
}

const shortestPause = 100;
const longestPause = 500;

/** Evaluates the conditions, round after round, until all are met in one round or time is up. */
export async function waitFor(conditions: readonly Condition[], world: World, options: WaitOptions): Promise<Waited> {
  const start = world.now();
  const deadline = start + options.timeoutSeconds * 1000;
  const progress = (options.progressSeconds ?? 3) * 1000;
  let nextLine = start + progress;
  let pause = shortestPause;

  for (;;) {
    const missing = await round(conditions, world.ask);
    if (missing.length === 0) {
      return { healthy: true, unmet: [] };
    }
    const now = world.now();
    if (now >= deadline) {
      return { healthy: false, unmet: missing };
    }
    if (now >= nextLine) {
      const met = conditions.length - missing.length;
      const seconds = Math.round((now - start) / 1000);
      world.say(`${met} of ${conditions.length} conditions met after ${seconds} s; waiting: ${missing[0]?.why}`);
      nextLine = now + progress;
    }
    await world.sleep(Math.min(pause, deadline - now));
    pause = Math.min(pause * 1.3, longestPause);
  }
}

async function round(conditions: readonly Condition[], ask: Ask): Promise<{ name: string; why: string }[]> {
  const asked = new Map<string, Promise<Answer>>();
  const askOnce: Ask = (url) => {
    const answer = asked.get(url) ?? ask(url);
    asked.set(url, answer);
    return answer;
  };
  const verdicts = await Promise.all(
    conditions.map(async (condition) => ({ name: condition.name, verdict: await judge(condition, askOnce) })),
  );
  return verdicts.flatMap(({ name, verdict }) => (verdict.met ? [] : [{ name, why: verdict.why }]));
}

/** Something else than an agent may answer on its port, with a body of any shape: that is no reason to stop waiting. */
async function judge(condition: Condition, ask: Ask): Promise<Verdict> {
  try {
    return await condition.evaluate(ask);
  } catch (error) {
    return unmet(`an answer could not be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** What is shown to servers, by what they are asked for. */
export interface RealWorldOptions {
  /** Certificate authority to trust, in PEM. */
  readonly ca?: string;
  /** Headers for a URL: the tokens of whom it belongs to. */
  readonly headers?: (url: string) => Readonly<Record<string, string>>;
  /** Seconds that a question may take. @default 3 */
  readonly questionSeconds?: number;
}

/** The real world: HTTP with a time-out per question. */
export function realWorld(say: (line: string) => void, options: RealWorldOptions = {}): World {
  const { ca, headers, questionSeconds = 3 } = options;
  return {
    ask: (url) => ask(url, { ca, headers: headers?.(url), timeoutMs: questionSeconds * 1000 }),
    now: () => performance.now(),
    sleep: (milliseconds) => sleep(milliseconds),
    say,
  };
}
