/** Runs a task's main function: errors are for people, so they come without a stack trace unless `DEBUG` is set. */
export function main(task: () => Promise<number | undefined>): void {
  task().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error: unknown) => {
      const shown = error instanceof Error ? (process.env.DEBUG ? error.stack : error.message) : String(error);
      console.error(`\n${shown}`);
      process.exitCode = 1;
    },
  );
}
