import { spawn } from "node:child_process";
import { once } from "node:events";
import { resourceTokens, tokens } from "../../components/tokens";
import { processEnvironment } from "./environment";
import { paths, root } from "./paths";
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

export interface Recorded {
  readonly type: string;
  readonly urn: string;
  /** Absent of components, and of what was never finished. */
  readonly id?: string;
  /** Whether Pulumi refuses to delete it. */
  readonly protect?: boolean;
  /** URN and id of the provider that manages it. */
  readonly provider?: string;
  /** URNs of what it depends on, all of them, by property, and that with which it goes. */
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly deletedWith?: string;
}

/** The last part of a URN: the resource's name. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

export async function exportState(stack: Stack): Promise<StackState> {
  return JSON.parse(await pulumiQuietly(stack, ["stack", "export", "--stack", stack.name])) as StackState;
}

/** @param failure what could not be done, in words, where Pulumi takes it not */
export async function importState(stack: Stack, state: StackState, failure: string): Promise<void> {
  const child = spawn(`${paths.bin}/pulumi`, ["--non-interactive", "stack", "import", "--stack", stack.name], {
    cwd: root,
    env: processEnvironment(stack),
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(JSON.stringify(state));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) {
    throw new Error(`${failure}: pulumi stack import --stack ${stack.name} ended with ${code}.`);
  }
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
