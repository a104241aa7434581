import type { Report } from "../../offline/report";

/** One step of a long task. */
export interface Step {
  /** What is done, in the words of the person who waits. */
  readonly title: string;
  /** Does it; the text it gives back, if any, is shown behind the step. */
  run(report: Report): Promise<string | undefined>;
}

const secondsOf = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Runs steps one after the other and tells which one, of how many, what it is doing and how long it took. */
export async function runSteps(steps: readonly Step[], say: (line: string) => void = console.error): Promise<void> {
  const start = performance.now();
  for (const [index, step] of steps.entries()) {
    const number = `[${index + 1}/${steps.length}]`;
    say(`${number} ${step.title}`);
    const began = performance.now();
    let last = "";
    const result = await step.run((message) => {
      if (message !== last) {
        say(`      ${message}`);
        last = message;
      }
    });
    say(`      ${result ? `${result} ` : ""}(${secondsOf(performance.now() - began)})`);
  }
  say(`All ${steps.length} steps done in ${secondsOf(performance.now() - start)}.`);
}
