import { z } from "zod";
import type { Redactor } from "./redact";
import { compare, placeOf } from "./steps";

/** What a policy found, as a saved preview keeps it: Pulumi's own JSON leaves it out. */
export const violation = z.strictObject({
  policy: z.string(),
  level: z.enum(["mandatory", "advisory"]),
  /** Absent where it is about the whole stack. */
  urn: z.string().optional(),
  message: z.string(),
});
export type Violation = z.infer<typeof violation>;

const event = z.looseObject({
  policyEvent: z
    .looseObject({
      policyName: z.string(),
      enforcementLevel: z.string(),
      resourceUrn: z.string().optional(),
      message: z.string(),
    })
    .optional(),
});

/** What policies said, out of the log of events that Pulumi keeps on request. */
export function readViolations(log: string): Violation[] {
  return log
    .split("\n")
    .filter((line) => line.includes('"policyEvent"'))
    .flatMap((line) => event.parse(JSON.parse(line)).policyEvent ?? [])
    .map(({ policyName: policy, enforcementLevel, resourceUrn: urn, message }) => ({
      policy,
      // What a policy could not put right by itself fails the preview, too.
      level: enforcementLevel === "advisory" ? ("advisory" as const) : ("mandatory" as const),
      ...(urn ? { urn } : {}),
      message: message.trim(),
    }));
}

/** The text of a preview with what policies said in it, for keeping. */
export function withViolations(preview: string, policies: readonly Violation[]): string {
  return `${JSON.stringify({ ...JSON.parse(preview), policies }, null, 1)}\n`;
}

/** A violation as it may be shown. */
export interface PolicyFinding {
  readonly policy: string;
  readonly level: Violation["level"];
  /** Name of the resource; absent where it is about the whole stack. */
  readonly resource?: string;
  /** What is wrong, and the remedy. */
  readonly message: string;
}

/** Violations in the order of their policies, each once. */
export function policyFindings(violations: readonly Violation[], redactor: Redactor): PolicyFinding[] {
  const all = violations.map(({ policy, level, urn, message }) => {
    const place = urn === undefined ? undefined : placeOf(urn);
    return {
      policy: redactor.text(policy),
      level,
      ...(place === undefined || place.type === "pulumi:pulumi:Stack" ? {} : { resource: redactor.text(place.name) }),
      message: redactor.text(message.trim()),
    };
  });
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()].sort(
    (a, b) =>
      compare(a.policy, b.policy) || compare(a.resource ?? "", b.resource ?? "") || compare(a.message, b.message),
  );
}
