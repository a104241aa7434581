import type { Problem } from "../config/problem";
import type { JobConfig } from "../config/schema";
import { routePrefix, routeTagProblem } from "./fabioTag";
import { type JobFile, type JobSource, lineOf, parseJobFile, type TagText } from "./jobFile";
import { filledIn, isComputed, isRuntimeName, known } from "./values";

/** A job to register. */
export interface JobPlan {
  /** Name of its file and of its resource. */
  readonly name: string;
  /** Job id in Nomad. */
  readonly id: string;
  /** The job file's text. */
  readonly jobspec: string;
  /** Values of its HCL variables, as Nomad reads them. */
  readonly vars: Readonly<Record<string, string>>;
  /** Images that its tasks ask for, those that only Nomad can compute left out. */
  readonly images: readonly string[];
  /** Ports that its tasks hold on whatever node they run, those that only Nomad can compute left out. */
  readonly staticPorts: readonly { readonly label: string; readonly port: number }[];
}

/** What jobs find in their cluster. */
export interface JobSurroundings {
  /** Nomad namespace that is for Fabio's own job; absent where Fabio is none. */
  readonly fabioNamespace?: string;
  /** Whether their tasks can have Vault. */
  readonly vault?: boolean;
}

/**
 * Checks the jobs that a stack chooses against their files, as far as that goes without a cluster: names, HCL syntax,
 * ids, variables and Fabio routes. All problems come back at once.
 *
 * @param around what the jobs find in their cluster; what is not known of it is not judged
 */
export async function planJobs(
  chosen: Readonly<Record<string, JobConfig>>,
  sources: readonly JobSource[],
  around: JobSurroundings = {},
): Promise<{ jobs: JobPlan[]; problems: Problem[] }> {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const jobs: JobPlan[] = [];
  const problems: Problem[] = [];
  const ids = new Map<string, JobFile>();

  for (const [name, { vars }] of Object.entries(chosen).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = byName.get(name);
    if (source === undefined) {
      const names = [...byName.keys()].sort().join(", ") || "none";
      problems.push({ where: `jobs.${name}`, message: `no such job file; the files in jobs/ are: ${names}` });
      continue;
    }
    const { file, problems: found } = await parseJobFile(source);
    problems.push(...found);
    if (file === undefined) {
      continue;
    }
    problems.push(
      ...idProblems(file, ids),
      ...variableProblems(file, vars),
      ...tagProblems(file, vars),
      ...namespaceProblems(file, vars, around.fabioNamespace),
      ...(file.asksVault && around.vault === false ? [withoutVault(file)] : []),
    );
    const texts = Object.entries(vars).map(([key, value]): [string, string] => [key, String(value)]);
    jobs.push({
      name,
      id: file.id,
      jobspec: file.text,
      vars: Object.fromEntries(texts),
      images: imagesOf(file, vars),
      staticPorts: staticPortsOf(file, vars),
    });
  }
  return { jobs, problems };
}

function idProblems(file: JobFile, ids: Map<string, JobFile>): Problem[] {
  const earlier = ids.get(file.id);
  if (earlier === undefined) {
    ids.set(file.id, file);
    return [];
  }
  return [
    {
      where: place(file, `"${file.id}"`),
      value: file.id,
      message: `${earlier.path} has this job id already; give every job its own`,
    },
  ];
}

/** Whatever runs in Fabio's namespace may do in Consul what Fabio may. */
function namespaceProblems(file: JobFile, vars: JobConfig["vars"], fabioNamespace?: string): Problem[] {
  return fabioNamespace !== undefined &&
    filledIn(file.namespace, { variables: file.variables, vars }) === fabioNamespace
    ? [
        {
          where: place(file, file.namespace === fabioNamespace ? `"${fabioNamespace}"` : file.namespace),
          value: fabioNamespace,
          message: "Fabio's job has this namespace for itself (fabio.runsAs); choose another one",
        },
      ]
    : [];
}

function withoutVault(file: JobFile): Problem {
  return {
    where: place(file, "vault"),
    message: "asks for Vault, and this stack has none; say where it is: vault.address",
  };
}

function variableProblems(file: JobFile, vars: JobConfig["vars"]): Problem[] {
  const problems: Problem[] = [];
  const declared = Object.keys(file.variables);
  for (const [name, value] of Object.entries(vars)) {
    const where = `jobs.${file.name}.vars.${name}`;
    const variable = Object.hasOwn(file.variables, name) ? file.variables[name] : undefined;
    if (variable === undefined) {
      const declares = declared.length > 0 ? `it declares ${declared.sort().join(", ")}` : "it declares none";
      problems.push({ where, value, message: `${file.path} has no such variable; ${declares}` });
    } else if (!fits(value, variable.type)) {
      problems.push({ where, value, message: `expected a ${variable.type}, as ${file.path} declares it` });
    }
  }
  for (const name of declared) {
    if (!("default" in (file.variables[name] ?? {})) && !Object.hasOwn(vars, name)) {
      problems.push({
        where: `jobs.${file.name}.vars.${name}`,
        message: `missing; ${place(file, `"${name}"`)} declares it without a default`,
      });
    }
  }
  return problems;
}

function fits(value: JobConfig["vars"][string], type: string | undefined): boolean {
  switch (type) {
    case "number":
      return typeof value === "number" || (typeof value === "string" && value !== "" && Number.isFinite(Number(value)));
    case "bool":
      return typeof value === "boolean" || value === "true" || value === "false";
    default:
      return true;
  }
}

function tagProblems(file: JobFile, vars: JobConfig["vars"]): Problem[] {
  const routed = file.tags.some(({ text }) => text.trim().startsWith(routePrefix));
  return file.tags.flatMap((tag) => {
    const message = tagProblem(file, vars, tag, routed);
    return message === undefined ? [] : [{ where: place(file, tag.text), value: tag.text, message }];
  });
}

const unknowable = "it cannot be told before the job runs whether this asks Fabio for a route that Fabio can read; ";

function tagProblem(file: JobFile, vars: JobConfig["vars"], tag: TagText, routed: boolean): string | undefined {
  if (tag.wholeList) {
    return `${unknowable}write the tags as a list of strings`;
  }
  let computed: string | undefined;
  const text = tag.text.replace(/\$\{([^}]*)\}/g, (whole, expression: string) => {
    const name = expression.trim();
    // Whatever Nomad fills in on the client: any one word stands for it here.
    const value = isRuntimeName(name) ? "x" : known(name, { variables: file.variables, vars });
    if (value === undefined) {
      computed ??= whole;
      return whole;
    }
    return value;
  });
  if (computed !== undefined) {
    // An expression at the start might yield the prefix; behind another literal it cannot make a route.
    return /^\s*(\$\{|urlprefix-)/.test(text)
      ? `${unknowable}use text and variables in place of ${computed}`
      : undefined;
  }
  if (text.trim().startsWith(routePrefix)) {
    // Fabio takes blanks off before it looks.
    return routeTagProblem(text.trim());
  }
  // Fabio repeats a service's other tags, in quotes, in the command of each of its routes.
  return routed && text.includes('"') ? "a tag beside a Fabio route cannot hold a double quote" : undefined;
}

function imagesOf(file: JobFile, vars: JobConfig["vars"]): string[] {
  const images = file.images.map((text) => filledIn(text, { variables: file.variables, vars }));
  return [...new Set(images.filter((image) => !isComputed(image)))].sort();
}

function staticPortsOf(file: JobFile, vars: JobConfig["vars"]): JobPlan["staticPorts"] {
  return file.staticPorts
    .map(({ label, text }) => ({ label, port: Number(filledIn(text, { variables: file.variables, vars })) }))
    .filter(({ port }) => Number.isInteger(port) && port > 0 && port < 65536);
}

/** The parser gives expressions as `${…}` and texts without their escapes: not always as they are written. */
function place(file: JobSource, text: string): string {
  const spellings = [text, text.replace(/^\$\{(.*)\}$/s, "$1"), JSON.stringify(text).slice(1, -1)];
  const line = spellings.map((spelling) => lineOf(file, spelling)).find((found) => found !== undefined);
  return line === undefined ? file.path : `${file.path}:${line}`;
}
