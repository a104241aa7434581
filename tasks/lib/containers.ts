import { run } from "../../offline/command";
import { type DockerHostPlan, localHosts, type Stack } from "./stack";

/** The containers of one host's agents, on its engine. */
export interface HostContainers {
  readonly containers: readonly { readonly id: string; readonly name: string }[];
  /** Runs the engine's command line there. */
  readonly docker: (...args: string[]) => Promise<string>;
}

/**
 * Looks for the containers of a stack's agents on this machine's engine, whether its state knows them or not.
 *
 * @param filters further ones than the stack's labels, such as `status=exited`
 */
export function localContainers(stack: Stack, ...filters: string[]): Promise<HostContainers[]> {
  return Promise.all(localHosts(stack).map((host) => containersOf(stack, host, filters)));
}

async function containersOf(
  stack: Stack,
  { name, substrate }: DockerHostPlan,
  filters: readonly string[],
): Promise<HostContainers> {
  const docker = (...args: string[]) => run("docker", ["--host", substrate.endpoint, ...args]);
  const labels = [`label=hashistack.cluster=${stack.topology.cluster.name}`, `label=hashistack.host=${name}`];
  const all = [...labels, ...filters].flatMap((filter) => ["--filter", filter]);
  const listed = await docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}}", ...all);
  const containers = listed
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [id = "", name = ""] = line.split(" ");
      return { id, name };
    });
  return { containers, docker };
}
