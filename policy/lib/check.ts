/** A resource as the program declares it. What is not known before it exists is undefined. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
}

/** A resource by name and place. */
export type Placed = Pick<Resource, "urn" | "type" | "name">;

/** What a check must know besides the resource. */
export interface Context {
  /** Whether the stack says of itself that it is a sandbox. */
  readonly sandbox: boolean;
  /** Names that the policy's configuration lets pass: of jobs, `job/group/task`, or of other resources. */
  readonly allow: readonly string[];
}

/** What is wrong, for people: which resource, what about it, what to do. */
export type Violation = string;

interface Named {
  readonly name: string;
  /** One sentence: what holds where the policy is kept. */
  readonly description: string;
}

/** Something that must hold for each resource of some types. */
export interface ResourceCheck extends Named {
  readonly types: readonly string[];
  readonly check: (resource: Resource, context: Context) => readonly Violation[] | Promise<readonly Violation[]>;
}

/** Something that must hold for all resources together. */
export interface StackCheck extends Named {
  readonly checkAll: (resources: readonly Placed[], context: Context) => readonly Violation[];
}

export type Check = ResourceCheck | StackCheck;

/** Type of the component that a resource belongs to: the last but one in its URN's chain. */
export function parentType(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-2);
}
