import type { Before, ReadResult } from "../kit/definition";

/** Nothing outside the state changes what was drawn: a refresh finds it as it is, and only an import has work to do. */
export function imported(make: (importId: string) => Promise<ReadResult>) {
  return async ({ id, state }: Pick<Before<unknown>, "id" | "state">): Promise<ReadResult> =>
    Object.keys(state).length > 0 ? { id, outputs: state } : make(id);
}
