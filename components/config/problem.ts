/** One thing that is wrong with what a person wrote, said so that they can put it right. */
export interface Problem {
  /** Where it is: a configuration key (`hosts[1].address`) or a place in a file (`jobs/nginx.nomad.hcl:12`). */
  readonly where: string;
  /** What was found there; left out where nothing was. */
  readonly value?: unknown;
  /** What is wrong, what is allowed and what to do. */
  readonly message: string;
}

/** Problems, each told once: what many hosts share is wrong in one place. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.where}\n${problem.message}`, problem])).values()];
}

const longestValue = 120;

/** `where = value: message`, on one line. */
export function formatProblem(problem: Problem): string {
  if (problem.value === undefined) {
    return `${problem.where}: ${problem.message}`;
  }
  const text = JSON.stringify(problem.value) ?? String(problem.value);
  const shown = text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  return `${problem.where} = ${shown}: ${problem.message}`;
}

/** By these words others tell this error from all that Pulumi may print. */
export const nothingChanged = "in this stack, nothing was changed:";

/** Everything that is wrong with a stack, in one error: nobody should have to find their mistakes one run at a time. */
export class ConfigurationError extends Error {
  /** Pulumi prints errors that carry this mark without a stack trace (`RunError` in its Node.js SDK). */
  readonly __pulumiRunError = true;

  constructor(readonly problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${count} ${nothingChanged}\n${problems.map((p) => `  - ${formatProblem(p)}`).join("\n")}`);
    this.name = "ConfigurationError";
    // Nobody needs it here, and on Node.js 20 Pulumi's way of printing one takes 15 s of a processor.
    this.stack = "";
  }
}
