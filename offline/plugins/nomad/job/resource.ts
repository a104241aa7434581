import { doing } from "../../hashicorp/errors";
import { type Context, defineResource, InitializationError, type Values } from "../../kit/definition";
import type { NomadClient } from "../client";
import { diffJob, planJob } from "./diff";
import { DeploymentError, waitForDeployment } from "./monitor";
import { type JobInputs, jobInputs, jobOutputs, storedHcl2 } from "./properties";
import { readJob } from "./read";
import { type Registered, register } from "./register";

/** Seconds that creating and updating may take unless the program says otherwise. */
const timeouts = { create: 300, update: 300 };

/** Also a run that is being cancelled takes this look, so that the state knows what it left behind. */
const lastLookMs = 2000;

/** `nomad:index/job:Job` */
export const job = defineResource<NomadClient>()({
  token: "nomad:index/job:Job",
  inputs: jobInputs,
  outputs: jobOutputs,
  timeouts,

  check(news) {
    const hcl2 = news.hcl2 as Values | undefined;
    const failures = [];
    if (hcl2?.allowFs === true) {
      failures.push({
        property: "hcl2.allowFs",
        reason:
          "the stand-in for the nomad plugin does not support `hcl2.allowFs`, as Nomad's servers parse the jobspec; " +
          "read files in the program and pass them in hcl2.vars, or use the official plugin",
      });
    }
    if (news.json === true && hcl2 && Object.keys((hcl2.vars ?? {}) as Values).length > 0) {
      failures.push({ property: "hcl2.vars", reason: "hcl2.vars has no effect on a jobspec in JSON; leave one out" });
    }
    return { inputs: news, failures };
  },
  diff: diffJob,
  plan: planJob,

  async create(inputs, context) {
    const registered = await registerJob(inputs, context);
    const outputs = await settle(inputs, registered, context, timeouts.create);
    return { id: registered.id, outputs };
  },

  async update({ id }, inputs, context) {
    const registered = await registerJob(inputs, context);
    return { outputs: await settle(inputs, registered, context, timeouts.update, id) };
  },

  async read({ id: given, inputs, state }, { config, signal }) {
    const { id, namespace } = locate(given, state);
    const found = await doing(`error checking for job ${id}`, () =>
      readJob(
        config,
        {
          id,
          namespace,
          readAllocationIds: inputs.readAllocationIds === true,
          known: { jobspec: state.jobspec as string | undefined, hcl2: state.hcl2 as Values | null | undefined },
        },
        signal,
      ),
    );
    if (found === undefined) return undefined;
    const resourceId = given.includes("@") && state.name === undefined ? id : given;
    const { deploymentId, deploymentStatus } = state;
    return { id: resourceId, outputs: { id: resourceId, deploymentId, deploymentStatus, ...found } };
  },

  async delete({ id: given, inputs, state }, { config, signal, log }) {
    const { id, namespace } = locate(given, state);
    if (inputs.deregisterOnDestroy === false) {
      log("info", `left ${id} running, as deregisterOnDestroy is false`);
      return;
    }
    const query = { namespace, purge: inputs.purgeOnDestroy ?? false };
    await doing(`error deregistering job ${id}`, () =>
      config.deleteIfThere(`/v1/job/${encodeURIComponent(id)}`, { query, signal }),
    );
  },
});

async function registerJob(inputs: JobInputs, { name, config, signal, log }: Context<NomadClient>) {
  const registered = await doing(`error applying jobspec of ${name}`, () => register(config, inputs, signal));
  if (registered.warnings) log("warning", registered.warnings);
  return registered;
}

/** Waits where the program wants that, and reads the job. A job that does not come up stays in the state. */
async function settle(
  inputs: JobInputs,
  { id, namespace, evaluationId }: Registered,
  context: Context<NomadClient>,
  seconds: number,
  resourceId = id,
): Promise<Values> {
  const outputs = async (
    deployment: { ID: string; Status: string } | undefined,
    signal = context.signal,
  ): Promise<Values> => {
    const known = { jobspec: inputs.jobspec, hcl2: storedHcl2(inputs.hcl2) };
    const target = { id, namespace, readAllocationIds: inputs.readAllocationIds === true, known };
    const found = await readJob(context.config, target, signal);
    if (!found) throw new Error(`job ${id} is gone again right after it was registered; look who purged it`);
    return { id: resourceId, deploymentId: deployment?.ID, deploymentStatus: deployment?.Status, ...found };
  };
  if (inputs.detach || evaluationId === "") return outputs(undefined);
  try {
    return await outputs(
      await waitForDeployment(context.config, {
        jobId: id,
        namespace,
        evaluationId,
        timeoutMs: context.timeoutMs ?? seconds * 1000,
        signal: context.signal,
        status: context.status,
        warn: (message) => context.log("warning", message),
      }),
    );
  } catch (error) {
    const failed = error instanceof DeploymentError ? error.deployment : undefined;
    const reason = `error waiting for job ${id} to schedule/deploy successfully: ${(error as Error).message}`;
    // The run may have been cancelled or the servers lost: then what is known must do.
    const partial = await outputs(failed, AbortSignal.timeout(lastLookMs)).catch(() => ({
      id: resourceId,
      name: id,
      namespace,
      hcl2: storedHcl2(inputs.hcl2),
    }));
    throw new InitializationError({ id: resourceId, outputs: partial }, [reason]);
  }
}

/** A job is imported as `<job id>@<namespace>`; a state tells both. */
function locate(given: string, state: Values): { id: string; namespace: string } {
  if (typeof state.name === "string" && state.name !== "") {
    return { id: state.name, namespace: (state.namespace as string | undefined) || "default" };
  }
  if (typeof state.namespace === "string" && state.namespace !== "") return { id: given, namespace: state.namespace };
  const separator = given.lastIndexOf("@");
  const [id, namespace] = [given.slice(0, separator), given.slice(separator + 1)];
  if (separator === -1 || id === "" || namespace === "") {
    throw new Error(
      `${JSON.stringify(given)} names no job: the import ID should follow the pattern <job id>@<namespace>, ` +
        `e.g. ${given.replace(/@.*$/, "") || "nginx"}@default`,
    );
  }
  return { id, namespace };
}
