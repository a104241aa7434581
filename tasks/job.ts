import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ask, saidIn } from "../components/api/request";
import { credentialsOf, nomadAccess } from "./lib/credentials";
import { credentialVariables, processEnvironment } from "./lib/environment";
import { main } from "./lib/main";
import { paths } from "./lib/paths";
import { runAttached } from "./lib/run";
import { readStack, type Stack } from "./lib/stack";

interface Allocation {
  readonly ID: string;
  readonly CreateIndex: number;
  readonly ClientStatus: string;
  readonly TaskStates: Readonly<Record<string, unknown>> | null;
}

/** `make job-* [JOB=nginx]`: the day-to-day commands, with the stack's own variables. */
const commands: Record<string, (job: Job) => Promise<number>> = {
  validate: (job) => job.nomad("job", "validate", ...job.vars, job.file),
  // Exit code 1 says that there are changes: that is an answer, not a failure.
  plan: async (job) => ((code) => (code === 1 ? 0 : code))(await job.nomad("job", "plan", ...job.vars, job.file)),
  run: (job) => job.nomad("job", "run", ...job.vars, job.file),
  status: (job) => job.nomad("job", "status", job.id),
  stop: (job) => job.nomad("job", "stop", "-yes", job.id),
  allocs: (job) => job.nomad("job", "allocs", job.id),
  "last-alloc-id": async (job) => {
    console.log((await job.lastAllocation()).ID);
    return 0;
  },
  "last-alloc-status": async (job) => job.nomad("alloc", "status", (await job.lastAllocation()).ID),
  logs: async (job) => {
    const { ID, TaskStates } = await job.lastAllocation();
    let code = 0;
    for (const task of Object.keys(TaskStates ?? {}).sort()) {
      for (const stream of [[], ["-stderr"]]) {
        console.error(`--- ${task}, ${stream.length > 0 ? "stderr" : "stdout"} of allocation ${ID.slice(0, 8)}`);
        code ||= await job.nomad("alloc", "logs", ...stream, "-task", task, ID);
      }
    }
    return code;
  },
};

class Job {
  readonly id: string;
  readonly file: string;
  readonly vars: readonly string[];

  constructor(
    private readonly stack: Stack,
    name: string,
  ) {
    const plan = stack.jobs.find((job) => job.name === name || job.id === name);
    if (plan === undefined) {
      const names = stack.jobs.map((job) => job.name).join(", ") || "none";
      throw new Error(`JOB=${name}: stack ${stack.name} has no such job; its jobs are ${names}.`);
    }
    this.id = plan.id;
    this.file = join(paths.jobs, `${plan.name}.nomad.hcl`);
    this.vars = Object.entries(plan.vars).flatMap(([key, value]) => ["-var", `${key}=${value}`]);
  }

  async nomad(...args: string[]): Promise<number> {
    const credentials = credentialsOf(this.stack);
    const { nomadToken } = credentials;
    const env = {
      ...processEnvironment(this.stack),
      ...credentialVariables(credentials),
      ...(nomadToken ? { NOMAD_TOKEN: await readFile(nomadToken, "utf8") } : {}),
    };
    return runAttached(join(paths.bin, "nomad"), args, { env });
  }

  async lastAllocation(): Promise<Allocation> {
    const address = this.stack.topology.nomadServers[0]?.url;
    const url = `${address}/v1/job/${encodeURIComponent(this.id)}/allocations?all=true`;
    const answer = await ask(url, { ...(await nomadAccess(this.stack)), timeoutMs: 10_000 });
    if ("error" in answer) {
      throw new Error(
        `Nomad does not answer at ${address} (${answer.error}). Is the stack up? Bring it up with: make up STACK=${this.stack.name}`,
      );
    }
    if (answer.status !== 200) {
      throw new Error(`Nomad answered ${url} with ${saidIn(answer)}`);
    }
    const allocations = answer.body as Allocation[];
    const last = allocations.sort((a, b) => b.CreateIndex - a.CreateIndex)[0];
    if (last === undefined) {
      throw new Error(`Job ${this.id} has no allocation. Run it with: make job-run JOB=${this.id}`);
    }
    return last;
  }
}

main(async () => {
  const [name = ""] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new Error(`No such job command ${JSON.stringify(name)}; there are ${Object.keys(commands).join(", ")}.`);
  }
  return command(new Job(await readStack(), process.env.JOB || "nginx"));
});
