import { nothingChanged } from "../../components/config/problem";
import { PreviewError } from "./error";
import type { Diagnostic, Preview } from "./preview";
import type { Redactor } from "./redact";
import { nameIn } from "./steps";

/** Why the program itself, or Pulumi, refuses the stack. */
export interface Refusal {
  readonly reasons: readonly string[];
  /** Whether there is a plan beside it: the program refuses before it has one. */
  readonly planned: boolean;
  /** What Pulumi would not delete, and planned nothing after. */
  readonly cutAt?: string;
}

/** What Pulumi says where a plan takes away what holds a server's data: it stops at a deletion, and goes on after a replacement. */
const deletes = /cannot be deleted\s+because it is protected/;
const replaces = /unable to replace resource [\s\S]*marked for protection/;

/** How Pulumi ends whatever failed: this names nothing. */
const lastWords = /^preview failed$/;

/**
 * Undefined where nobody refuses the stack.
 * @throws PreviewError where the preview failed for another reason
 */
export function refusalOf({ diagnostics, policies = [] }: Preview, redactor: Redactor): Refusal | undefined {
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message, urn }) => ({ urn, message: message.replace(/^error:\s*/, "").trim() }));
  const named = errors.filter(({ message }) => !lastWords.test(message));
  if (errors.length === 0 || (named.length === 0 && policies.some(({ level }) => level === "mandatory"))) {
    return undefined;
  }
  if (named.length === 0) {
    throw new PreviewError(
      "The preview failed, and does not say why: Pulumi's JSON leaves out what policies say. Have it made by " +
        "npm run preview-report -- --save FILE, which keeps that, too.",
    );
  }
  const shown = ({ message, urn }: Pick<Diagnostic, "message" | "urn">) =>
    `${urn === undefined ? "" : `${redactor.text(nameIn(urn))}: `}${redactor.text(message)}`;
  const held = named.filter(
    ({ urn, message }) => urn !== undefined && (deletes.test(message) || replaces.test(message)),
  );
  if (held.length > 0) {
    const others = named.filter((error) => !held.includes(error)).map(shown);
    const names = (errors: typeof held) =>
      redactor.text([...new Set(errors.map(({ urn = "" }) => nameIn(urn)))].sort().join(", "));
    const stopped = held.filter(({ message }) => deletes.test(message));
    return {
      reasons: [protection(names(held)), ...others],
      planned: true,
      ...(stopped.length > 0 ? { cutAt: names(stopped) } : {}),
    };
  }
  const refusal = named.map(shown).find((message) => message.includes(nothingChanged));
  if (refusal === undefined) {
    throw new PreviewError(`The preview failed:\n${named.map((error) => `  ${shown(error)}`).join("\n")}`);
  }
  return { reasons: [refusal], planned: false };
}

function protection(names: string): string {
  return (
    `${names} would be deleted with a server's data, and is protected. If that data may go, lift the protection first ` +
    "(pulumi state unprotect), once every other server is healthy."
  );
}
