import type { Answer } from "../../../components/api/request";
import { type DrainRequest, type DrainWorld, drain } from "../../../components/nomad/drain/drain";
import { runWithRequest } from "../../support/ended";
import { FakeApi } from "../../support/fakeApi";

const servers = ["http://10.0.0.1:4646", "http://10.0.0.2:4646"];
const request: DrainRequest = { servers, node: "c1", deadlineSeconds: 60 };

interface Node {
  readonly name: string;
  /** @default the name */
  readonly id?: string;
  readonly pool?: string;
  status?: string;
  eligible?: boolean;
  drain?: boolean;
  /** Allocations, and how many move away a second once it drains. */
  allocations?: number;
  readonly pace?: number;
}

/** A Nomad cluster whose clock goes on when somebody sleeps: what drains is emptied at its pace, or at the deadline. */
class FakeNomad implements DrainWorld {
  readonly said: string[] = [];
  readonly posted: { url: string; body: unknown }[] = [];
  /** Called before each answer; it may give another one. */
  before: (url: string) => Answer | undefined = () => undefined;
  private milliseconds = 0;
  private readonly deadlines = new Map<Node, number>();

  constructor(readonly nodes: readonly Node[]) {}

  ask = async (url: string, method: "GET" | "POST", body?: unknown): Promise<Answer> => {
    const other = this.before(url);
    if (other !== undefined) {
      return other;
    }
    const [, id, what] = /\/v1\/nodes?(?:\/(.+)-id\/(drain|allocations))?$/.exec(url) ?? [];
    const node = this.nodes.find(({ name, id: own = name }) => own === id);
    if (method === "POST" && what === "drain" && node !== undefined) {
      this.posted.push({ url, body });
      const { DrainSpec } = body as { DrainSpec: { Deadline: number } };
      this.drains(node, DrainSpec.Deadline / 1e9);
      return { status: 200, body: {} };
    }
    if (what === "allocations") {
      const ended = [{ ClientStatus: "complete" }, { ClientStatus: "failed" }, { ClientStatus: "lost" }];
      const living = Array.from({ length: Math.ceil(node?.allocations ?? 0) }, (_, index) => ({
        ClientStatus: index % 2 === 0 ? "running" : "pending",
      }));
      return { status: 200, body: [...ended, ...living] };
    }
    return {
      status: 200,
      body: this.nodes.map(
        ({ name, id: own = name, pool = "default", status = "ready", eligible = true, drain = false }, index) => ({
          ID: `${own}-id`,
          CreateIndex: 100 + index,
          Name: name,
          NodePool: pool,
          Status: status,
          SchedulingEligibility: eligible ? "eligible" : "ineligible",
          Drain: drain,
        }),
      ),
    };
  };

  drains(node: Node, seconds: number): void {
    node.drain = true;
    node.eligible = false;
    this.deadlines.set(node, this.milliseconds + seconds * 1000);
  }

  now = (): number => this.milliseconds;

  sleep = async (milliseconds: number): Promise<void> => {
    this.milliseconds += milliseconds;
    for (const node of this.nodes.filter((each) => each.drain)) {
      const moved = ((node.pace ?? 1) * milliseconds) / 1000;
      node.allocations = Math.max(0, (node.allocations ?? 0) - moved);
      if (this.milliseconds >= (this.deadlines.get(node) ?? Number.POSITIVE_INFINITY)) {
        node.allocations = 0;
      }
      node.drain = node.allocations > 0;
    }
  };

  say = (line: string): void => {
    this.said.push(`${Math.round(this.milliseconds / 1000)}: ${line}`);
  };
}

test("a client's tasks move before it goes, and whoever waits sees how far it is", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 8 }, { name: "c2" }]);
  expect(await drain(request, nomad)).toBe("c1 is drained");
  expect(nomad.posted).toEqual([
    {
      url: "http://10.0.0.1:4646/v1/node/c1-id/drain",
      body: {
        DrainSpec: { Deadline: 60e9, IgnoreSystemJobs: false },
        MarkEligible: false,
        Meta: { message: "taken out of the stack" },
      },
    },
  ]);
  expect(nomad.said).toEqual([
    "3: c1 is being drained: 5 allocations left after 3 of 60 s",
    "6: c1 is being drained: 2 allocations left after 6 of 60 s",
  ]);
  expect(nomad.now()).toBe(8000);
});

test("what finds no other place is stopped by Nomad at the deadline", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 2, pace: 0 }, { name: "c2" }]);
  expect(await drain(request, nomad)).toBe("c1 is drained");
  expect(nomad.now()).toBe(60_000);
});

test("a drain that an earlier run began goes on, with its own deadline", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 2, pace: 0 }, { name: "c2" }]);
  nomad.drains(nomad.nodes[0] as Node, 20);
  expect(await drain(request, nomad)).toBe("c1 is drained");
  expect(nomad.posted).toEqual([]);
  expect(nomad.now()).toBe(20_000);
});

test.each<[string, Node[], string]>([
  ["a client that Nomad does not know", [{ name: "c2" }], "c1 runs no more: nothing was moved"],
  ["a client that is down", [{ name: "c1", status: "down" }, { name: "c2" }], "c1 runs no more: nothing was moved"],
  ["the only client", [{ name: "c1", allocations: 1 }], "c1 is the last of its node pool: nothing was moved"],
  [
    "no other client that takes tasks",
    [
      { name: "c1", allocations: 1 },
      { name: "c2", pool: "gpu" },
      { name: "c3", eligible: false },
      { name: "c4", status: "down" },
    ],
    "c1 is the last of its node pool: nothing was moved",
  ],
])("%s is not drained", async (_what, nodes, became) => {
  const nomad = new FakeNomad(nodes);
  expect(await drain(request, nomad)).toBe(became);
  expect(nomad.posted).toEqual([]);
  expect(nomad.now()).toBe(0);
});

test.each(["down", "ready"])("an earlier life of the client, which seems %s, is not taken for it", async (status) => {
  const nomad = new FakeNomad([
    { name: "c1", id: "earlier", status, eligible: false },
    { name: "c1", allocations: 1 },
    { name: "c2" },
  ]);
  expect(await drain(request, nomad)).toBe("c1 is drained");
  expect(nomad.posted.map(({ url }) => url)).toEqual(["http://10.0.0.1:4646/v1/node/c1-id/drain"]);
});

test("a drain that Nomad does not end, because the last job was stopped meanwhile, is not waited for", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 2 }, { name: "c2" }]);
  Object.defineProperty(nomad.nodes[0], "drain", { get: () => true, set: () => undefined });
  (nomad.nodes[0] as Node).eligible = false;
  expect(await drain(request, nomad)).toBe("c1 is drained");
  expect(nomad.now()).toBe(2000);
});

test("clients that all go at once wait for nobody", async () => {
  const nomad = new FakeNomad(["c1", "c2", "c3"].map((name) => ({ name, allocations: 3, pace: 0 })));
  const became = await Promise.all(["c1", "c2", "c3"].map((node) => drain({ ...request, node }, nomad)));
  expect(became.every((each) => /is the last of its node pool/.test(each))).toBe(true);
  expect(nomad.now()).toBeLessThan(5000);
});

test("a client that dies meanwhile is waited for no longer", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 3, pace: 0 }, { name: "c2" }]);
  nomad.before = () => {
    if (nomad.now() > 5000) {
      (nomad.nodes[0] as Node).status = "down";
    }
    return undefined;
  };
  expect(await drain(request, nomad)).toBe("c1 stopped before it was drained");
});

test("tasks that do not end when they are told to are left behind a minute after the deadline", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 3, pace: 0 }, { name: "c2" }]);
  nomad.drains = (node) => {
    node.drain = false;
    node.eligible = false;
  };
  expect(await drain(request, nomad)).toBe("c1 is not drained after 121 s: 3 allocations will stop with it");
});

test("a server that does not answer is passed over, and a new election waited for", async () => {
  const nomad = new FakeNomad([{ name: "c1", allocations: 8 }, { name: "c2" }]);
  nomad.before = (url) => {
    if (url.includes("10.0.0.1")) {
      return { status: 0, error: "connect ECONNREFUSED" };
    }
    return nomad.now() > 3000 && nomad.now() < 8000 ? { status: 500, body: "No cluster leader" } : undefined;
  };
  expect(await drain(request, nomad)).toBe("c1 is drained");
});

test.each<[string, Answer, number]>([
  ["a cluster that is gone", { status: 0, error: "connect ECONNREFUSED" }, 15_000],
  ["a token that may not", { status: 403, body: "Permission denied" }, 0],
])("%s is said, soon", async (_what, answer, after) => {
  const nomad = new FakeNomad([{ name: "c1" }]);
  nomad.before = () => answer;
  await expect(drain(request, nomad)).rejects.toThrow(
    /^http:\/\/10\.0\.0\.[12]:4646\/v1\/nodes answers (connect ECONNREFUSED|403: Permission denied)$/,
  );
  expect(nomad.now()).toBe(after);
});

describe("the process", () => {
  const program = "components/nomad/drain/main.ts";
  const token = "00000000-0000-4000-8000-000000000001";
  let api: FakeApi;
  afterEach(() => api.stop());

  test("shows its token to Nomad and to nobody else, and says what became of the client", async () => {
    api = await new FakeApi(() => ({ body: [] })).start();
    const ended = await runWithRequest(program, { ...request, servers: [api.url], token });
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "c1 runs no more: nothing was moved\n" });
    expect(api.asked.map(({ headers }) => headers["x-nomad-token"])).toEqual([token]);
  });

  test("lets whoever destroys a cluster go on, whatever Nomad says", async () => {
    api = await new FakeApi(() => ({ status: 403, body: "Permission denied" })).start();
    const ended = await runWithRequest(program, { ...request, servers: [api.url], token });
    expect(ended).toEqual({
      code: 0,
      stdout: "",
      stderr: `c1 could not be drained, its tasks stop with it: ${api.url}/v1/nodes answers 403: Permission denied\n`,
    });
  });
});
