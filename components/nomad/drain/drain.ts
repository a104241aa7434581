import { type Answer, saidIn } from "../../api/request";
import { type NodeStub, nodesUp } from "../nodes";

/** What the process is told. */
export interface DrainRequest {
  /** URLs of Nomad's servers; any that answers will do. */
  readonly servers: readonly string[];
  readonly ca?: string;
  readonly token?: string;
  /** Name of the node that leaves. */
  readonly node: string;
  /** Seconds that its tasks have to move; Nomad stops those that are left. */
  readonly deadlineSeconds: number;
}

/** What draining needs of the world. */
export interface DrainWorld {
  ask(url: string, method: "GET" | "POST", body?: unknown): Promise<Answer>;
  /** Milliseconds, rising. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** A line for the person who waits. */
  say(line: string): void;
}

/** Seconds in which a server must answer: a cluster that is gone must not keep its last client from being removed. */
const patience = 15;
/** Seconds beyond the deadline in which tasks that Nomad has told to stop may do so. */
const grace = 60;
const pauseMs = 500;
const progressMs = 3000;

/**
 * Moves a node's tasks to other nodes and waits until none is left on it. Safe to run again after it was cut short.
 *
 * @returns what became of it, in a sentence
 * @throws Error where no server can be asked
 * @see https://developer.hashicorp.com/nomad/api-docs/nodes#drain-node
 */
export async function drain(request: DrainRequest, world: DrainWorld): Promise<string> {
  const cluster = new Servers(request.servers, world);
  const { node: name, deadlineSeconds } = request;
  const nodes = await cluster.nodes();
  const node = nodes.filter(({ Name }) => Name === name).at(-1);
  if (node === undefined) {
    return `${name} runs no more: nothing was moved`;
  }
  if (!hasOthers(node, nodes)) {
    return `${name} is the last of its node pool: nothing was moved`;
  }
  if (!node.Drain) {
    await cluster.call(`/v1/node/${node.ID}/drain`, {
      DrainSpec: { Deadline: deadlineSeconds * 1e9, IgnoreSystemJobs: false },
      MarkEligible: false,
      Meta: { message: "taken out of the stack" },
    });
  }
  return emptied(cluster, node, deadlineSeconds, world);
}

async function emptied(cluster: Servers, node: NodeStub, deadlineSeconds: number, world: DrainWorld): Promise<string> {
  const start = world.now();
  let nextLine = start + progressMs;
  for (;;) {
    const left = await cluster.allocations(node);
    const nodes = await cluster.nodes();
    const self = nodes.find(({ ID }) => ID === node.ID);
    // Not once Nomad says that the drain has ended: where the last job was stopped meanwhile, it says so at the deadline.
    if (left === 0) {
      return `${node.Name} is drained`;
    }
    if (self === undefined) {
      return `${node.Name} stopped before it was drained`;
    }
    // A whole cluster that goes away drains all its clients at once.
    if (!hasOthers(node, nodes)) {
      return `${node.Name} is the last of its node pool: ${counted(left)} will stop with it`;
    }
    const seconds = Math.round((world.now() - start) / 1000);
    if (seconds > deadlineSeconds + grace) {
      return `${node.Name} is not drained after ${seconds} s: ${counted(left)} will stop with it`;
    }
    if (world.now() >= nextLine) {
      world.say(`${node.Name} is being drained: ${counted(left)} left after ${seconds} of ${deadlineSeconds} s`);
      nextLine = world.now() + progressMs;
    }
    await world.sleep(pauseMs);
  }
}

function counted(allocations: number): string {
  return `${allocations} allocation${allocations === 1 ? "" : "s"}`;
}

/** Whether anybody else may take its tasks: without, a drain would only wait for its deadline. */
function hasOthers(node: NodeStub, nodes: readonly NodeStub[]): boolean {
  return nodes.some(
    ({ ID, NodePool, Status, SchedulingEligibility }) =>
      ID !== node.ID && NodePool === node.NodePool && Status === "ready" && SchedulingEligibility === "eligible",
  );
}

/** Nomad's servers, of which the next one is asked where one does not answer. */
class Servers {
  private index = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly world: DrainWorld,
  ) {}

  async nodes(): Promise<readonly NodeStub[]> {
    return nodesUp(await this.call("/v1/nodes"));
  }

  /** How many allocations run on a node, or are about to. */
  async allocations({ ID }: NodeStub): Promise<number> {
    const found = ((await this.call(`/v1/node/${ID}/allocations`)) ?? []) as readonly { ClientStatus: string }[];
    return found.filter(({ ClientStatus }) => ["pending", "running"].includes(ClientStatus)).length;
  }

  async call(path: string, body?: unknown): Promise<unknown> {
    const deadline = this.world.now() + patience * 1000;
    for (;;) {
      const url = `${this.urls[this.index % this.urls.length]}${path}`;
      const answer = await this.world.ask(url, body === undefined ? "GET" : "POST", body);
      if (answer.status === 200 && "body" in answer) {
        return answer.body;
      }
      if (answer.status === 403 || this.world.now() >= deadline) {
        throw new Error(`${url} answers ${saidIn(answer)}`);
      }
      this.index++;
      await this.world.sleep(pauseMs);
    }
  }
}
