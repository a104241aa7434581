import type { Answer } from "../../components/health/condition";
import type { World } from "../../components/health/wait";

/** Answers by URL; a list gives one answer a question, the last one again and again. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const silent: Answer = { status: 0, error: "connect ECONNREFUSED" };

/** A world without a clock or a network: sleeping takes no time and moves its own clock on. */
export class FakeWorld implements World {
  readonly said: string[] = [];
  readonly asked: string[] = [];
  private milliseconds = 0;

  constructor(private readonly answers: Answers) {}

  ask = async (url: string): Promise<Answer> => {
    const times = this.asked.filter((each) => each === url).length;
    this.asked.push(url);
    // How Nomad is asked for its own view makes no difference to what it says.
    const answer = this.answers[url] ?? this.answers[url.replace("?stale", "")];
    if (answer === undefined) {
      throw new Error(`nobody was expected to ask ${url}`);
    }
    return "status" in answer ? answer : (answer[Math.min(times, answer.length - 1)] as Answer);
  };

  now = (): number => this.milliseconds;

  sleep = async (milliseconds: number): Promise<void> => {
    this.milliseconds += milliseconds;
  };

  say = (line: string): void => {
    this.said.push(`${Math.round(this.milliseconds / 1000)}: ${line}`);
  };
}
