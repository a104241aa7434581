import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { PreviewError } from "./error";
import { violation } from "./violations";

/** What the engine may do to a resource: only these are known, so that no new kind of step is passed over in silence. */
const operations = [
  "same",
  "create",
  "update",
  "delete",
  "replace",
  "create-replacement",
  "delete-replaced",
  "read",
  "read-replacement",
  "refresh",
  "discard",
  "discard-replaced",
  "remove-pending-replace",
  "import",
  "import-replacement",
] as const;
export type Operation = (typeof operations)[number];

const values = z.record(z.string(), z.unknown());
const urn = z.string().regex(/^urn:pulumi:[^:]+::[^:]+::.+::.+$/s);

const state = z.looseObject({
  urn,
  type: z.string(),
  id: z.string().optional(),
  inputs: values.default({}),
  outputs: values.default({}),
  parent: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
});
export type ResourceState = z.infer<typeof state>;

const step = z.looseObject({
  op: z.enum(operations),
  urn,
  oldState: state.optional(),
  newState: state.optional(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  detailedDiff: z.record(z.string(), z.looseObject({ kind: z.string() })).nullish(),
});
export type Step = z.infer<typeof step>;

const diagnostic = z.looseObject({
  urn: z.string().optional(),
  message: z.string().default(""),
  severity: z.string().default("info"),
});
export type Diagnostic = z.infer<typeof diagnostic>;

/** What `pulumi preview --json` prints (3.250); a key that it does not print is a sign of another file. */
const digest = z.strictObject({
  config: z.record(z.string(), z.string()).default({}),
  steps: z.array(step).default([]),
  diagnostics: z.array(diagnostic).default([]),
  duration: z.number().optional(),
  changeSummary: z.record(z.string(), z.number().int().nonnegative()).optional(),
  maybeCorrupt: z.boolean().default(false),
  /** What policies found; kept by this program, and absent where none was asked. */
  policies: z.array(violation).optional(),
});
export type Preview = z.infer<typeof digest>;

export interface Expected {
  /** What the text is, for messages: a file's name. */
  readonly source: string;
  readonly project: string;
  readonly stack: string;
}

/**
 * Reads what `pulumi preview --json` printed.
 * @throws PreviewError where it is cut short, or of something else than this stack
 */
export function readPreview(text: string, expected: Expected): Preview {
  const { source } = expected;
  const parsed = digest.safeParse(parseJson(text, source), { reportInput: false });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map(String).join(".") || "its top level";
    throw new PreviewError(
      `${source} is no preview of Pulumi's: ${where}: ${issue?.message}. Expected what "pulumi preview --json" prints.`,
    );
  }
  const preview = parsed.data;
  refuseOther(preview, expected);
  refuseParts(preview, source);
  return preview;
}

function parseJson(text: string, source: string): unknown {
  if (text.trim() === "") {
    throw new PreviewError(`${source} is empty. Expected what "pulumi preview --json" prints.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's words may repeat what stands in the file.
    const cut = !/[}\]]\s*$/.test(text) || /end of JSON/.test(String(error));
    throw new PreviewError(
      `${source} ${cut ? "is cut short: it ends in the middle of its JSON" : "is no JSON"}. ` +
        'Write it anew with "pulumi preview --json".',
    );
  }
}

function refuseOther({ steps }: Preview, { source, project, stack }: Expected): void {
  for (const step of steps) {
    const [, ofStack, ofProject] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(step.urn) ?? [];
    if (ofProject !== project || ofStack !== stack) {
      throw new PreviewError(
        `${source} is a preview of the stack ${ofStack} of the project ${ofProject}, not of the stack ${stack} of ${project}. ` +
          "Name the right one with --stack.",
      );
    }
  }
}

/** Pulumi writes the counts last, and leaves resources out that stay as they are. */
function refuseParts({ steps, changeSummary, diagnostics }: Preview, source: string): void {
  const failed = diagnostics.some(({ severity }) => severity === "error");
  if (changeSummary === undefined) {
    if (failed) {
      return;
    }
    const said = diagnostics.filter(({ severity }) => severity === "info#err").map(({ message }) => message);
    if (said.length > 0) {
      // A pack of policies that does not start ends the preview before it began.
      const words = stripVTControlCharacters(said.join(""))
        .replace(/\n\s*\n/g, "\n")
        .trim();
      throw new PreviewError(`The preview ended before there was a plan:\n${words}`);
    }
    throw new PreviewError(`${source} holds no counts (changeSummary): a part of it is missing. Write it anew.`);
  }
  for (const op of ["create", "delete"] as const) {
    const told = changeSummary[op] ?? 0;
    const found = steps.filter((each) => each.op === op).length;
    if (found < told) {
      throw new PreviewError(
        `${source} counts ${told} resources to ${op} and shows ${found}: a part of it is missing. Write it anew.`,
      );
    }
  }
}
