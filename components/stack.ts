import { resolveAccess } from "./config/access";
import { expandHosts } from "./config/hosts";
import type { ParsedConfig } from "./config/parse";
import { ConfigurationError, type Problem } from "./config/problem";
import { type ReadText, readInto } from "./config/readText";
import type { StackConfig } from "./config/schema";
import type { JobSource } from "./jobs/jobFile";
import { type JobPlan, type JobSurroundings, planJobs } from "./jobs/plan";
import { type StackSecrets, secretsOf } from "./secrets";
import { planTopology, type Topology } from "./topology";

/** Everything that a run of this program will do, as plain data. */
export interface StackPlan {
  readonly topology: Topology;
  readonly jobs: readonly JobPlan[];
  /** What the run needs and nobody may see. */
  readonly secrets: StackSecrets;
}

/**
 * Plans a whole stack from its configuration and the job files.
 *
 * @param read reads the files that the configuration names: keys, certificates, known hosts
 * @throws ConfigurationError with every problem of all of them at once.
 */
export async function planStack(
  parsed: ParsedConfig,
  sources: readonly JobSource[],
  read: ReadText,
): Promise<StackPlan> {
  const planned = parsed.config && planCluster(parsed.config, read);
  const { jobs, problems } = await planJobs(
    parsed.chosenJobs,
    sources,
    planned ? jobSurroundings(planned.topology) : {},
  );
  const all = [...parsed.problems, ...(planned?.problems ?? []), ...problems];
  if (planned === undefined || all.length > 0) {
    throw new ConfigurationError(all);
  }
  return { topology: planned.topology, secrets: planned.secrets, jobs };
}

function jobSurroundings({ fabioJob, nomadServers }: Topology): JobSurroundings {
  return {
    ...(fabioJob ? { fabioNamespace: fabioJob.namespace } : {}),
    vault: nomadServers.some(({ vault }) => vault !== undefined),
  };
}

function planCluster(
  config: StackConfig,
  read: ReadText,
): { topology: Topology; secrets: StackSecrets; problems: Problem[] } {
  const { access, problems } = resolveAccess(expandHosts(config), read);
  const gathered = secretsOf(config, access, read);
  const { software, vault } = config;
  const text = (given: string | undefined, file: string | undefined, where: string) =>
    given ?? (file ? readInto(file, where, read, problems) : undefined);
  const signingKey = text(software.signingKey, software.signingKeyFile, "software.signingKeyFile");
  const vaultAuthority = text(vault.ca, vault.caFile, "vault.caFile");
  return {
    topology: planTopology(config, access, {
      ...(signingKey ? { signingKey } : {}),
      ...(vaultAuthority ? { vaultAuthority } : {}),
    }),
    secrets: gathered.secrets,
    problems: [...problems, ...gathered.problems],
  };
}
