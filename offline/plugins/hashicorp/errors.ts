/** Runs a step and puts what was being done in front of its error, e.g. `error deleting namespace "web": …`. */
export async function doing<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}
