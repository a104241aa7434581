import { resourceTokens, tokens } from "../../components/tokens";
import { pulumiQuietly } from "./pulumi";
import type { Stack } from "./stack";

/** A stack's exported state, as far as it is looked at here. */
export interface StackState {
  readonly deployment: {
    readonly resources?: readonly Recorded[];
    /** What a killed run had begun. */
    readonly pending_operations?: readonly unknown[];
  };
}

interface Recorded {
  readonly type: string;
  readonly urn: string;
  /** Absent of components, and of what was never finished. */
  readonly id?: string;
  /** Whether Pulumi refuses to delete it. */
  readonly protect?: boolean;
}

export async function exportState(stack: Stack): Promise<StackState> {
  return JSON.parse(await pulumiQuietly(stack, ["stack", "export", "--stack", stack.name])) as StackState;
}

/** The containers in which agents run. */
export function recordedContainers(state: StackState): Recorded[] {
  return ofType(state, resourceTokens.container);
}

/** Jobs, with what exists for one of them alone, in the order in which they were made. */
export function recordedJobs({ deployment }: StackState): Recorded[] {
  return (deployment.resources ?? []).filter(
    ({ type, urn }) => type === resourceTokens.job || urn.includes(`${tokens.fabioJob}$nomad:`),
  );
}

export function protectedResources({ deployment }: StackState): Recorded[] {
  return (deployment.resources ?? []).filter(({ protect }) => protect);
}

function ofType({ deployment }: StackState, type: string): Recorded[] {
  return (deployment.resources ?? []).filter((resource) => resource.type === type);
}
