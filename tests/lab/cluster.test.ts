import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../components/api/request";
import { testAttacks, testNothingShown } from "./cluster/attacks";
import { testBastion } from "./cluster/bastion";
import { testClientLeaves } from "./cluster/clientLeaves";
import { testFabioJob } from "./cluster/fabioJob";
import { addressOf, eventually, ingress, LabCluster, say, served } from "./cluster/labCluster";
import { testLostMachine } from "./cluster/lostMachine";
import { testQemu } from "./cluster/qemu";
import { testVault } from "./cluster/vault";
import { inventoryOf, killMachine, labDown, onMachine, startMachine } from "./lab";

const minute = 60_000;

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.onBareMachines();
}, 20 * minute);

afterAll(async () => {
  await cluster?.remove();
  await labDown(say);
}, 10 * minute);

/** A run is killed once it has done so much: every other one in the middle of what it was creating. */
function afterSteps(run: number): (output: string) => boolean {
  const sign = run % 2 === 0 ? / created \(/g : / creating \(/g;
  const steps = 9 + (run % 5);
  return (output) => (output.match(sign) ?? []).length >= steps;
}

test(
  "bare machines become one healthy cluster, although run after run is killed",
  async () => {
    let kills = 0;
    for (; kills < 40; kills++) {
      const { code, output } = await cluster.tryUp(afterSteps(kills));
      say(`run ${kills + 1} ended with ${code}`);
      if (code !== 137) {
        expect(output).toContain("Stack prod is up.");
        break;
      }
    }
    expect(kills).toBeGreaterThan(8);
    await cluster.readOutputs();
    expect(cluster.outputs.jobs).toEqual({ nginx: "running", redis: "running" });
  },
  25 * minute,
);

test("no token was made twice, none is lost, and no server is in a cluster of its own", async () => {
  const { consulToken, nomadToken } = cluster.outputs;
  const tokens = await cluster.consul("/v1/acl/tokens", consulToken);
  const described = (tokens as { body: { Description: string }[] }).body
    .map(({ Description }) => Description)
    // Those that Consul gave to Nomad's tasks come and go.
    .filter((description) => !description.startsWith("token created via login"));
  expect([...described].sort()).toEqual([...new Set(described)].sort());
  for (const server of ["server-1", "server-2", "server-3"]) {
    const peers = { status: 200, body: { length: 3 } };
    expect(await cluster.consul("/v1/status/peers", consulToken, server)).toMatchObject(peers);
    expect(await cluster.nomad("/v1/status/peers", nomadToken, server)).toMatchObject(peers);
  }
});

test(
  "nginx answers through each ingress host",
  async () => {
    for (const name of ingress) {
      await eventually(() => served(name));
    }
  },
  3 * minute,
);

test("a second run changes nothing", () => cluster.upWithoutChange(), 5 * minute);

test(
  "the ordinary CLIs work with what make env prints",
  async () => {
    const { code, output } = await cluster.typed("nomad node status && nomad server members && consul members");
    expect(code).toBe(0);
    expect(output.match(/ready/g)).toHaveLength(3);
    expect(output.match(/alive/g)).toHaveLength(3 + 6);
  },
  minute,
);

test(
  "a task's own Consul token works, and may do little",
  async () => {
    const job = `job "probe" {
  type = "batch"
  group "probe" {
    task "probe" {
      driver = "exec"
      consul {}
      config {
        command = "/bin/sleep"
        args    = ["600"]
      }
      template {
        data        = "greeting={{ key \\"jobs/greeting\\" }}"
        destination = "local/greeting"
      }
    }
  }
}`;
    const { code, output } = await cluster.typed(`nomad job run - <<'END'\n${job}\nEND`);
    expect({ code, output }).toMatchObject({ code: 0 });
    await eventually(async () => {
      const found = await cluster.typed("nomad alloc exec -job probe cat /local/greeting 2>&1");
      expect(found.output).toContain("greeting=hello");
    });
    const { output: token } = await cluster.typed("nomad alloc exec -job probe cat /secrets/consul_token");
    const secret = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(token)?.[0];
    expect(secret).toBeDefined();
    expect(await cluster.consul("/v1/kv/jobs/greeting?raw", secret)).toMatchObject({ status: 200, body: "hello" });
    for (const path of ["/v1/kv/fabio/config", "/v1/acl/tokens", "/v1/operator/raft/configuration"]) {
      expect(await cluster.consul(path, secret)).toMatchObject({ status: 403 });
    }
    await cluster.typed("nomad job stop -purge -detach probe");
  },
  3 * minute,
);

describe("whoever holds no secret", () => testAttacks(() => cluster));
testNothingShown(() => cluster);

describe("settings that are added to a running cluster", () => {
  const settings = `      jobs/greeting: hello
    serviceDefaults:
      web: { protocol: http }
    intentions:
      web: { shop: allow, "*": deny }
  hashistack:nomad:
    drivers: [docker, exec, raw_exec]
    namespaces:
      team-a: { description: Team A }
    variables:
      nomad/jobs/nginx: { motto: keep calm }
  hashistack:fabio:
    certificate: { certFile: .hashistack/ingress.pem, keyFile: .hashistack/ingress-key.pem }
`;

  beforeAll(async () => {
    await cluster.makeCertificate();
    await cluster.edit("      jobs/greeting: hello\n", settings);
    await cluster.up();
  }, 5 * minute);

  test("and stay as they are", () => cluster.upWithoutChange(), 5 * minute);

  test.each(ingress)("HTTPS through %s, with the certificate that was configured", (name) =>
    cluster.servedSafely(name),
  );

  test.each(ingress)("metrics of %s, for those on the machine", async (name) => {
    const { stdout } = await onMachine(name, "curl -s http://127.0.0.1:9997/metrics");
    expect(stdout).toMatch(/^fabio_http_status_count\{code="200"\} [1-9]/m);
  });

  test("protocols and intentions of the mesh", async () => {
    const { consulToken } = cluster.outputs;
    expect(await cluster.consul("/v1/config/service-defaults/web", consulToken)).toMatchObject({
      body: { Protocol: "http" },
    });
    const allowed = (source: string) =>
      cluster.consul(`/v1/connect/intentions/check?source=${source}&destination=web`, consulToken);
    expect(await allowed("shop")).toMatchObject({ body: { Allowed: true } });
    expect(await allowed("cellar")).toMatchObject({ body: { Allowed: false } });
  });

  test("namespaces, variables and a further driver of Nomad", async () => {
    const { output } = await cluster.typed(
      "nomad namespace list && nomad var get -out=json nomad/jobs/nginx && nomad node status -verbose $(nomad node status -quiet | head -1)",
    );
    expect(output).toContain("Team A");
    expect(output).toContain("keep calm");
    expect(output).toMatch(/raw_exec\s+true\s+true/);
  });

  test(
    "go again, with what they made",
    async () => {
      await cluster.edit(settings, "      jobs/greeting: hello\n");
      await cluster.up();
      const { consulToken } = cluster.outputs;
      expect(await cluster.consul("/v1/config/service-defaults/web", consulToken)).toMatchObject({ status: 404 });
      expect(await ask(`https://${addressOf("client-1")}:9443/`, { timeoutMs: 3000 })).toMatchObject({ status: 0 });
      for (const name of ingress) {
        await eventually(() => served(name));
      }
    },
    5 * minute,
  );
});

describe("Fabio as a job of Nomad", () => testFabioJob(() => cluster));
describe("the driver qemu", () => testQemu(() => cluster));
describe("Vault", () => testVault(() => cluster));
testBastion(() => cluster);
describe("a client that is taken out", () => testClientLeaves(() => cluster));
describe("a machine that is gone for good", () => testLostMachine(() => cluster));

test(
  "a killed server process comes back, and jobs keep answering meanwhile",
  async () => {
    await onMachine("server-1", "sudo systemctl kill --signal=KILL consul.service nomad-server.service");
    for (const name of ingress) {
      await served(name);
    }
    await eventually(async () => {
      const peers = await cluster.nomad("/v1/status/peers", cluster.outputs.nomadToken);
      expect(peers).toMatchObject({ status: 200, body: { length: 3 } });
      const { stdout } = await onMachine("server-1", "systemctl is-active consul.service nomad-server.service");
      expect(stdout.trim().split("\n")).toEqual(["active", "active"]);
    });
  },
  2 * minute,
);

test(
  "a whole server may be away: jobs keep answering, and it comes back by itself",
  async () => {
    await killMachine("server-3");
    await sleep(5000);
    for (const name of ingress) {
      await eventually(() => served(name));
    }
    expect(await cluster.consul("/v1/status/leader")).toMatchObject({ status: 200, body: expect.stringMatching(/./) });
    await startMachine("server-3", say);
    expect(await cluster.up()).toContain("Stack prod is up.");
  },
  6 * minute,
);

test(
  "destroy leaves the machines as they were, although it is killed on its way",
  async () => {
    const killed = await cluster.checkout.sh("make down STACK=prod", {
      killWhen: (output) => (output.match(/ deleted \(/g) ?? []).length >= 20,
    });
    expect(killed.code).toBe(137);
    await cluster.checkout.make("down STACK=prod");
    for (const { name, kind } of inventoryOf().machines) {
      const { stdout } = await onMachine(
        name,
        "ls -d /opt/hashistack /etc/consul*.d /etc/nomad*.d /etc/fabio.d /var/lib/consul* /var/lib/nomad* /var/lib/hashistack /etc/systemd/system/{consul,nomad-server,nomad-client,fabio}.service 2>/dev/null; pgrep -l 'consul|nomad|fabio'; true",
      );
      expect({ name, left: stdout.trim() }).toEqual({ name, left: "" });
      if (kind === "docker") {
        const { stdout: containers } = await onMachine(name, "docker ps -aq; docker volume ls -q");
        expect({ name, left: containers.trim() }).toEqual({ name, left: "" });
      }
    }
  },
  8 * minute,
);
