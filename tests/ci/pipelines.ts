import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export const root = resolve(__dirname, "../..");

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, ".github/workflows");

/** GitHub's workflows, by file name. */
export const workflows: ReadonlyMap<string, Workflow> = new Map(
  readdirSync(folder)
    .sort()
    .map((file) => [file, parse(readFileSync(join(folder, file), "utf8")) as Workflow]),
);

/** Texts of all files in which actions are used. */
export function actionFiles(): string[] {
  return [
    ...[...workflows.keys()].map((file) => join(folder, file)),
    join(root, ".github/actions/setup/action.yml"),
  ].map((file) => readFileSync(file, "utf8"));
}

export interface GitlabJob {
  readonly script?: readonly string[];
  readonly after_script?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly rules?: readonly { readonly if?: string; readonly when?: string }[];
}

/** GitLab's pipeline: its settings, and its jobs by name. */
export const gitlab = parse(readFileSync(join(root, ".gitlab-ci.yml"), "utf8")) as Readonly<Record<string, GitlabJob>>;

const settings = ["stages", "workflow", "default", "variables"];
export const gitlabJobs = Object.entries(gitlab).filter(([name]) => !settings.includes(name));

/** Every command line of every pipeline. */
export function commands(): string[] {
  const ours = [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps));
  const setup = parse(readFileSync(join(root, ".github/actions/setup/action.yml"), "utf8")) as {
    runs: { steps: Step[] };
  };
  return [
    ...[...setup.runs.steps, ...ours].flatMap(({ run }) => run ?? []),
    ...gitlabJobs.flatMap(([, { script = [], after_script = [] }]) => [...script, ...after_script]),
    ...((gitlab.default as { before_script?: string[] }).before_script ?? []),
  ];
}
