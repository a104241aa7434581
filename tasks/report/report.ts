import type { AgentChange } from "./agents";
import type { JobChange } from "./jobs";
import type { QuorumPlan } from "./quorum";
import type { VersionChange } from "./versions";
import type { PolicyFinding } from "./violations";

export type Verdict = "safe" | "attention" | "refused";

/** Something that a reviewer should look at before saying yes, or a reason to say no. */
export interface Finding {
  readonly level: "attention" | "refused";
  readonly text: string;
}

export interface HostChange {
  readonly host: string;
  readonly action: "added" | "prepared anew" | "reached in another way" | "removed";
}

/** What becomes of the tasks on a client that is touched. */
export interface ClientChange {
  readonly host: string;
  readonly tasks: string;
  /** Whether its tasks end, without having been moved before. */
  readonly loses: boolean;
}

/** A resource that is no agent, host or job. */
export interface OtherChange {
  readonly kind: "create" | "update" | "replace" | "delete";
  readonly type: string;
  readonly name: string;
  /** Whether it is a key or a token. */
  readonly secret: boolean;
}

/** A resource that somebody or something else changed. */
export interface DriftChange {
  readonly name: string;
  readonly type: string;
  /** `property: recorded → found`; empty where the resource is gone. */
  readonly differences: readonly string[];
  readonly gone: boolean;
}

/** What an update will do, as plain data: everything in it may be shown to anyone. */
export interface Report {
  readonly stack: string;
  readonly verdict: Verdict;
  /** The verdict, with what it rests on, in a line. */
  readonly headline: string;
  readonly findings: readonly Finding[];
  /** Resources by what happens to them, as Pulumi counts. */
  readonly counts: Readonly<Record<string, number>>;
  readonly hosts: readonly HostChange[];
  readonly agents: readonly AgentChange[];
  readonly quorum: readonly QuorumPlan[];
  readonly clients: readonly ClientChange[];
  readonly jobs: readonly JobChange[];
  /** How Nomad was asked for its own plan, or why not. */
  readonly nomad: string;
  readonly versions: readonly VersionChange[];
  /** Undefined where nobody looked. */
  readonly drift?: readonly DriftChange[];
  readonly others: readonly OtherChange[];
  /** Health gates that are passed anew. */
  readonly gates: number;
  /** What breaks a policy; undefined where none was asked. */
  readonly policies?: readonly PolicyFinding[];
  /** What the program warns of. */
  readonly warnings: readonly string[];
}
