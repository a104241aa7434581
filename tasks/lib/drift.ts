/** Pulumi's exit code where changes were found that nobody expected. */
const unexpectedChanges = 7;

/** Whether a preview with `--expect-no-changes` found any. @throws Error where it found out nothing */
export function foundDrift(code: number, output: string): boolean {
  switch (code) {
    case 0:
      return false;
    case unexpectedChanges:
      return true;
    default:
      throw new Error(`The stack could not be looked at: pulumi ended with ${code}.\n${output.trim()}`);
  }
}

/** What drifted, for an issue. */
export function driftReport(stack: string, output: string): string {
  return `Stack **${stack}** is not as it was last brought up: somebody or something changed it, or its files changed since.

- If the change is to stay, bring it into the stack's file or the program.
- If not, \`make up STACK=${stack}\` puts it right.

<details><summary>What \`pulumi preview --refresh\` says</summary>

\`\`\`\`diff
${output.trim()}
\`\`\`\`

</details>
`;
}
