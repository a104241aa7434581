import { readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { run } from "../../offline/command";
import { parseSockets } from "../../tasks/preflight/sockets";
import { eventually } from "../support/eventually";
import { Checkout } from "./checkout";
import { testReportAgrees } from "./reported";

const cluster = "hashistack-e2e";
const host = "e2e";
const consul = "http://127.0.0.1:8500";
const nomad = "http://127.0.0.1:4646";
const proxy = "http://127.0.0.1:9999";
const fabioUi = "http://127.0.0.1:9998";
const minute = 60_000;

let checkout: Checkout;

/** Containers of the cluster's agents, by agent name. */
async function containers(): Promise<Record<string, string>> {
  const format = '{{.Label "hashistack.agent"}} {{.ID}}';
  const text = await run("docker", [
    "ps",
    "--no-trunc",
    "--filter",
    `label=hashistack.cluster=${cluster}`,
    "--format",
    format,
  ]);
  return Object.fromEntries(
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ") as [string, string]),
  );
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  expect({ url, status: response.status }).toEqual({ url, status: 200 });
  return (await response.json()) as T;
}

async function text(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  return { status: response.status, body: await response.text() };
}

const nginxAnswers = () =>
  eventually(async () => {
    const { status, body } = await text(`${proxy}/`);
    expect(status).toBe(200);
    expect(body).toMatch(/nginx/i);
  });

interface ServiceEntry {
  readonly Service: { readonly Address: string; readonly Port: number };
}

beforeAll(async () => {
  await removeLeftovers();
  checkout = await Checkout.create(cluster, host);
}, 2 * minute);

afterAll(async () => {
  await checkout?.sh("make down");
  // An engine that make up started from the copy goes with it: the copy holds its process id.
  await checkout?.sh("make clean");
  await checkout?.remove();
}, 5 * minute);

describe("the sandbox, end to end", () => {
  test(
    "make up brings it up from nothing and tells how far it is",
    async () => {
      const output = await checkout.make("up");
      expect(output).toMatch(/\[1\/\d+\] Tools/);
      expect(output).toMatch(/All \d+ steps done in [\d.]+ s/);
      expect(output).toContain(`${proxy}/`);
      await nginxAnswers();
    },
    40 * minute,
  );

  test("the UIs answer, and Consul knows every service", async () => {
    expect((await text(`${consul}/ui/`)).body).toContain("Consul");
    expect((await text(`${nomad}/ui/`)).body).toContain("Nomad");
    expect((await text(`${fabioUi}/routes`)).status).toBe(200);
    const services = Object.keys(await json<Record<string, string[]>>(`${consul}/v1/catalog/services`)).sort();
    expect(services).toEqual(
      expect.arrayContaining(["2048-game", "consul", "fabio", "nomad", "nomad-client", "redis", "service-nginx"]),
    );
  });

  test("everything listens on loopback only", async () => {
    const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
    const ours = [8300, 8301, 8500, 8600, 4646, 4647, 4648, 4656, 9998, 9999, 80];
    const open = tables.flatMap((table) => parseSockets(table, "tcp")).filter(({ port }) => ours.includes(port));
    expect(new Set(open.map(({ port }) => port))).toEqual(new Set(ours));
    expect(open.filter(({ address }) => !address.startsWith("127."))).toEqual([]);
  });

  test("redis answers PING, 2048 is on its port, sleep runs", async () => {
    const [entry] = await json<ServiceEntry[]>(`${consul}/v1/health/service/redis?passing`);
    expect(entry).toBeDefined();
    const { Address, Port } = (entry as ServiceEntry).Service;
    const answer = await new Promise<string>((done, failed) => {
      const socket = connect(Port, Address, () => socket.write("PING\r\n"));
      socket.on("data", (data) => {
        done(data.toString());
        socket.destroy();
      });
      socket.on("error", failed);
    });
    expect(answer).toBe("+PONG\r\n");

    const game = await text("http://127.0.0.1:80/");
    expect(game.body).toContain("2048");

    const allocations = await json<{ ClientStatus: string }[]>(`${nomad}/v1/job/sleep/allocations`);
    expect(allocations.filter(({ ClientStatus }) => ClientStatus === "running")).toHaveLength(1);
  });

  test("only the Nomad client is given the engine's socket, and nothing is privileged", async () => {
    const ids = Object.values(await containers());
    const inspected = JSON.parse(await run("docker", ["inspect", ...ids])) as {
      Config: { Labels: Record<string, string> };
      HostConfig: { Privileged: boolean };
      Mounts: { Source: string }[];
    }[];
    expect(inspected).toHaveLength(4);
    for (const { Config, HostConfig, Mounts } of inspected) {
      const hasSocket = Mounts.some(({ Source }) => Source.endsWith("docker.sock"));
      expect([Config.Labels["hashistack.agent"], hasSocket]).toEqual([
        Config.Labels["hashistack.agent"],
        Config.Labels["hashistack.agent"] === "nomad-client",
      ]);
      expect(HostConfig.Privileged).toBe(false);
    }
  });

  test("the passphrase is for its owner only", async () => {
    expect((await stat(join(checkout.root, ".hashistack/passphrase"))).mode & 0o777).toBe(0o600);
  });

  test(
    "a second make up changes nothing",
    async () => {
      const before = await containers();
      const output = await checkout.make("up");
      expect(output).toMatch(/Resources:\s+\d+ unchanged\s/);
      expect(output).not.toMatch(/pulled, [1-9]\d* built/);
      expect(await containers()).toEqual(before);
    },
    5 * minute,
  );

  test(
    "the preview of a changed job shows exactly that job",
    async () => {
      await checkout.edit("jobs/redis.nomad.hcl", "memory = 128", "memory = 160");
      const { code, output } = await checkout.sh('eval "$(make env)" && pulumi preview --json 2>/dev/null');
      expect(code).toBe(0);
      const { steps } = JSON.parse(output) as { steps: { op: string; urn: string }[] };
      const changed = steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").pop()}`);
      expect(changed).toEqual(["update redis"]);
      await checkout.edit("jobs/redis.nomad.hcl", "memory = 160", "memory = 128");
    },
    2 * minute,
  );

  testReportAgrees(() => checkout);

  test(
    "the job commands work, and the program's truth wins over what was done by hand",
    async () => {
      for (const command of ["validate", "plan", "status", "allocs", "last-alloc-id", "last-alloc-status", "logs"]) {
        await checkout.make(`job-${command}`);
      }
      await checkout.make("job-stop JOB=nginx");
      await checkout.make("job-run JOB=redis");
      await checkout.make("up");
      await nginxAnswers();
      const unknown = await checkout.sh("make job-status JOB=nosuch");
      expect(unknown.code).not.toBe(0);
      expect(unknown.output).toContain("its jobs are 2048-game, nginx, redis, sleep");
    },
    8 * minute,
  );

  test(
    "a changed agent is created anew, alone, and its data survives",
    async () => {
      await fetch(`${consul}/v1/kv/e2e`, { method: "PUT", body: "kept" });
      const before = await containers();
      const { CreateIndex } = await json<{ CreateIndex: number }>(`${nomad}/v1/job/nginx`);
      await checkout.edit(
        "Pulumi.dev.yaml",
        "  hashistack:jobs:",
        "  hashistack:consul:\n    logLevel: warn\n  hashistack:jobs:",
      );
      await checkout.make("up");
      const after = await containers();
      expect(after["consul-server"]).not.toBe(before["consul-server"]);
      expect({ ...after, "consul-server": "" }).toEqual({ ...before, "consul-server": "" });
      expect((await text(`${consul}/v1/kv/e2e?raw`)).body).toBe("kept");
      expect((await json<{ CreateIndex: number }>(`${nomad}/v1/job/nginx`)).CreateIndex).toBe(CreateIndex);
      await nginxAnswers();
    },
    8 * minute,
  );

  test.each(["consul-server", "nomad-server", "nomad-client", "fabio"])(
    "%s comes back after docker kill",
    async (agent) => {
      const { [agent]: id } = await containers();
      await run("docker", ["kill", id as string]);
      await checkout.make("up");
      expect(Object.keys(await containers()).sort()).toEqual([
        "consul-server",
        "fabio",
        "nomad-client",
        "nomad-server",
      ]);
      await nginxAnswers();
    },
    8 * minute,
  );

  test(
    "down leaves nothing behind, and up goes on after it was killed",
    async () => {
      await checkout.make("down");
      await nothingLeft();

      const killed = await checkout.sh("make up", {
        killWhen: (output) => /Nomad|nomad-server/.test(output.split("pulumi up")[1] ?? ""),
      });
      expect(killed.code).not.toBe(0);
      await checkout.make("up");
      await nginxAnswers();
      await checkout.make("down");
      await nothingLeft();
    },
    15 * minute,
  );
});

async function nothingLeft(): Promise<void> {
  const own = ["--filter", `label=hashistack.cluster=${cluster}`];
  expect(await run("docker", ["ps", "--all", "--quiet", ...own])).toBe("");
  expect(await run("docker", ["volume", "ls", "--quiet", ...own])).toBe("");
  const tasks = `label=com.hashicorp.nomad.node_name=${host}`;
  expect(await run("docker", ["ps", "--all", "--quiet", "--filter", tasks])).toBe("");
}

/** What a run of these tests left that was itself killed: known by its labels. Nothing else has those names. */
async function removeLeftovers(): Promise<void> {
  if (
    await run("docker", ["info"]).then(
      () => false,
      () => true,
    )
  ) {
    return; // no engine: nothing can be left on it
  }
  const script = `
    for label in hashistack.cluster=${cluster} com.hashicorp.nomad.node_name=${host}; do
      docker ps --all --quiet --filter "label=$label" | xargs --no-run-if-empty docker rm --force
    done
    grep -o '/[^ ]*/${cluster}-[^ ]*' /proc/mounts | sort -r | xargs --no-run-if-empty -n 1 umount
    docker volume ls --quiet --filter label=hashistack.cluster=${cluster} | xargs --no-run-if-empty docker volume rm`;
  await run("bash", ["-c", script]);
}
