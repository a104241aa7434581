import { type Answer, ask, saidIn } from "../../components/api/request";
import { identityOffline, type Jobspec, parseRequest } from "../../offline/plugins/nomad/job/jobspec";
import { PreviewError } from "./error";
import type { JobText } from "./jobs";
import { type NomadPlan, readNomadPlan } from "./nomadPlan";

/** How a cluster's Nomad is asked. */
export interface NomadAccess {
  /** URLs of its servers: the first that answers is asked. */
  readonly servers: readonly string[];
  /** Certificate authority to trust, in PEM. */
  readonly ca?: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly plans: ReadonlyMap<string, NomadPlan>;
  /** Who was asked, or why nobody could be. */
  readonly note: string;
}

/** A job that Nomad does not take; the others are asked for all the same. */
class Rejected extends PreviewError {}

/** Characters of what Nomad says of a job. */
const longestComplaint = 2000;

/** Milliseconds: the first tells whether anybody is there, the second is for the scheduler. */
const limits = { knock: 3000, plan: 30_000 };

/**
 * Has Nomad plan jobs: registers nothing.
 * @throws PreviewError where it refuses the token or a job; where nobody answers, the note says so
 */
export async function askNomad(jobs: ReadonlyMap<string, JobText>, access: NomadAccess): Promise<Asked> {
  const plans = new Map<string, NomadPlan>();
  if (jobs.size === 0) {
    return { plans, note: "No job has a plan to ask Nomad for." };
  }
  const found = await firstThatAnswers(access);
  if ("silence" in found) {
    return { plans, note: `Nomad's own plan is not shown, because no Nomad server can be reached: ${found.silence}.` };
  }
  const rejected: string[] = [];
  for (const [name, job] of jobs) {
    try {
      plans.set(name, await planOf(name, job, found.server, access));
    } catch (error) {
      if (!(error instanceof Rejected)) {
        throw error;
      }
      rejected.push(error.message);
    }
  }
  if (rejected.length > 0) {
    throw new PreviewError(rejected.join("\n"));
  }
  return { plans, note: `Nomad's own plan is that of the server at ${found.server}.` };
}

async function firstThatAnswers(access: NomadAccess): Promise<{ server: string } | { silence: string }> {
  const silence: string[] = [];
  const answers = await Promise.all(
    access.servers.map((server) =>
      ask(`${server}/v1/status/leader`, { ...questionOf(access), timeoutMs: limits.knock }),
    ),
  );
  for (const [index, answer] of answers.entries()) {
    const server = access.servers[index] ?? "";
    if (answer.status === 200 && answer.body !== "") {
      return { server };
    }
    silence.push(`${server} (${answer.status === 200 ? "it has no leader" : saidIn(answer)})`);
  }
  return { silence: silence.join(", ") || "the stack has none" };
}

function questionOf({ ca, headers }: NomadAccess): { ca?: string; headers: Readonly<Record<string, string>> } {
  return { ...(ca === undefined ? {} : { ca }), headers };
}

async function planOf(
  name: string,
  { jobspec, vars }: JobText,
  server: string,
  access: NomadAccess,
): Promise<NomadPlan> {
  const spec: Jobspec = { source: jobspec, json: false, vars };
  const question = { ...questionOf(access), method: "PUT", timeoutMs: limits.plan };
  const job = bodyOf(
    name,
    server,
    await ask(`${server}/v1/jobs/parse`, { ...question, body: parseRequest(spec, false) }),
  );
  const { ID, Namespace } = job as { ID?: string; Namespace?: string };
  const { id = name, namespace = "default" } = { ...identityOffline(spec), ...given({ id: ID, namespace: Namespace }) };
  const url = `${server}/v1/job/${encodeURIComponent(id)}/plan?namespace=${encodeURIComponent(namespace)}`;
  const body = { Job: { ...(job as object), Namespace: namespace }, Diff: true };
  const plan = readNomadPlan(bodyOf(name, server, await ask(url, { ...question, body })));
  if (plan === undefined) {
    throw new PreviewError(
      `Nomad at ${server} gave an answer for the job ${name} that is no plan. Is it Nomad 1.4 or later?`,
    );
  }
  return plan;
}

function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function bodyOf(job: string, server: string, answer: Answer): unknown {
  if ("error" in answer) {
    throw new PreviewError(
      `Nomad at ${server} stopped answering while it planned the job ${job}: ${answer.error}. Try again.`,
    );
  }
  if (answer.status === 200) {
    return answer.body;
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new PreviewError(
      `Nomad at ${server} refuses the token (${saidIn(answer)}). To plan the job ${job} it needs the capabilities ` +
        '"parse-job" and "plan-job" in the job\'s namespace. Give one in NOMAD_TOKEN, or leave Nomad out with --no-nomad.',
    );
  }
  throw new Rejected(
    `Nomad at ${server} rejects the job ${job} (${answer.status}): ${complaintsIn(answer.body)}. Put its file, or the ` +
      "values of its variables, right.",
  );
}

/** Nomad's list of what is wrong, whose heads and indents are for a terminal, as a sentence. */
function complaintsIn(body: unknown): string {
  const said = typeof body === "string" ? body : JSON.stringify(body);
  const lines = said
    .replace(/\d+ errors? occurred:/g, "")
    .split("\n")
    .map((line) => line.replace(/^[\s*]+/, "").trim())
    .filter((line) => line !== "");
  const whole = lines.reduce((text, line) => `${text}${/(^|:)$/.test(text) ? " " : "; "}${line}`, "").trim();
  return whole.slice(0, longestComplaint).replace(/[.\s]+$/, "") || "it does not say why";
}
