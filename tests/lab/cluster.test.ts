import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../components/api/request";
import { Checkout } from "../e2e/checkout";
import { eventually as eventuallyWithin } from "../support/eventually";
import { asStranger, inventoryOf, killMachine, labDown, labUp, onMachine, renewMachines, startMachine } from "./lab";

const minute = 60_000;
const say = (line: string) => process.stderr.write(`${line}\n`);
const address = (name: string) => inventoryOf().machines.find((machine) => machine.name === name)?.address ?? "";
const ingress = ["client-1", "client-2"];

let checkout: Checkout;
let outputs: { ca: string; consulToken: string; nomadToken: string };

/** Machines take longer than one engine does. */
const eventually = <T>(check: () => Promise<T>) => eventuallyWithin(check, 60);

async function served(name: string): Promise<void> {
  const answer = await ask(`http://${address(name)}:9999/`, { timeoutMs: 5000 });
  expect(answer).toMatchObject({ status: 200, body: expect.stringMatching(/nginx/i) });
}

const consul = (path: string, token?: string) =>
  ask(`https://${address("server-1")}:8501${path}`, {
    ca: outputs.ca,
    headers: token ? { "x-consul-token": token } : {},
    timeoutMs: 5000,
  });
const nomad = (path: string, token?: string) =>
  ask(`https://${address("server-2")}:4646${path}`, {
    ca: outputs.ca,
    headers: token ? { "x-nomad-token": token } : {},
    timeoutMs: 5000,
  });

/** In the environment that `make env` gives, as a person types it. */
function typed(line: string) {
  return checkout.sh(`eval "$(make -s env STACK=prod)" && ${line}`);
}

beforeAll(async () => {
  await labUp(say);
  await renewMachines(
    inventoryOf().machines.map(({ name }) => name),
    say,
  );
  checkout = await Checkout.create("hashistack-lab-cluster", "lab");
  await checkout.useLab();
}, 20 * minute);

afterAll(async () => {
  await checkout?.sh("make clean STACK=prod");
  await checkout?.remove();
  await labDown(say);
}, 10 * minute);

test(
  "bare machines become a healthy cluster, although the first run is killed in the middle",
  async () => {
    const killed = await checkout.sh("make up STACK=prod", {
      killWhen: (output) => output.includes("server-2-consul-server creat"),
    });
    expect(killed.code).toBe(137);
    const output = await checkout.make("up STACK=prod");
    expect(output).toContain("Stack prod is up.");
    const { output: text } = await typed("pulumi stack output --json --show-secrets --stack prod");
    outputs = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  },
  20 * minute,
);

test(
  "nginx answers through each ingress host",
  async () => {
    for (const name of ingress) {
      await eventually(() => served(name));
    }
  },
  3 * minute,
);

test(
  "a second run changes nothing",
  async () => {
    const output = await checkout.make("up STACK=prod");
    expect(output).toMatch(/\d+ unchanged/);
    expect(output).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
  },
  5 * minute,
);

test("the ordinary CLIs work with what make env prints", async () => {
  const { code, output } = await typed("nomad node status && nomad server members");
  expect(code).toBe(0);
  expect(output.match(/ready/g)).toHaveLength(3);
  expect(output.match(/alive/g)).toHaveLength(3);
});

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
    const { code, output } = await typed(`nomad job run - <<'END'\n${job}\nEND`);
    expect({ code, output }).toMatchObject({ code: 0 });
    await eventually(async () => {
      const found = await typed(
        "nomad alloc exec -job probe /bin/sh -c 'cat /local/greeting; echo; echo token=$CONSUL_TOKEN; cat /secrets/consul_token' 2>&1",
      );
      expect(found.output).toContain("greeting=hello");
    });
    const { output: token } = await typed("nomad alloc exec -job probe cat /secrets/consul_token");
    const secret = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(token)?.[0];
    expect(secret).toBeDefined();
    expect(await consul("/v1/kv/jobs/greeting?raw", secret)).toMatchObject({ status: 200, body: "hello" });
    expect(await consul("/v1/kv/fabio/config", secret)).toMatchObject({ status: 403 });
    expect(await consul("/v1/acl/tokens", secret)).toMatchObject({ status: 403 });
    await typed("nomad job stop -purge -detach probe");
  },
  3 * minute,
);

describe("whoever holds no secret", () => {
  test.each([
    ["Consul's catalogue", () => consul("/v1/catalog/nodes"), []],
    ["Consul's services", () => consul("/v1/catalog/services"), {}],
  ])("sees nothing of %s", async (_what, request, nothing) => {
    expect(await request()).toMatchObject({ status: 200, body: nothing });
  });

  test.each([
    ["Consul's keys", () => consul("/v1/kv/?recurse")],
    ["Consul's tokens", () => consul("/v1/acl/tokens")],
    ["Consul's agent", () => consul("/v1/agent/self")],
    ["Nomad's jobs", () => nomad("/v1/jobs")],
    ["Nomad's nodes", () => nomad("/v1/nodes")],
    ["Nomad's agent", () => nomad("/v1/agent/self")],
    ["Nomad's variables", () => nomad("/v1/vars")],
  ])("is refused %s", async (_what, request) => {
    expect(await request()).toMatchObject({ status: 403 });
  });

  test("cannot bootstrap Nomad's ACLs", async () => {
    const url = `https://${address("server-1")}:4646/v1/acl/bootstrap`;
    const answer = await ask(url, { method: "POST", body: {}, ca: outputs.ca, timeoutMs: 5000 });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining("already done") });
  });

  test(
    "finds no plain-text port of an agent, no Docker port, and neither Fabio's UI nor its metrics",
    async () => {
      const closed = inventoryOf().machines.flatMap((machine) =>
        [8500, 8600, 2375, 2376, 9998, 9997].map((port) => `${machine.address}/${port}`),
      );
      const { stdout } = await asStranger(
        `for each in ${closed.join(" ")}; do timeout 2 bash -c "</dev/tcp/$each" 2>/dev/null && echo "$each is open"; done; true`,
      );
      expect(stdout.trim()).toBe("");
    },
    3 * minute,
  );

  test(
    "cannot join a server or a client of its own",
    async () => {
      const { stdout, stderr } = await asStranger(
        `consul agent -data-dir /tmp/c -node rogue -retry-join ${address("server-1")} -log-level warn & nomad agent -client -data-dir /tmp/n -servers ${address("server-1")}:4647 >/tmp/nomad.log 2>&1 & sleep 15; kill %1 %2; tail -3 /tmp/nomad.log`,
      );
      expect(stdout + stderr).toMatch(/rror/);
      const members = await consul("/v1/agent/members", outputs.consulToken);
      expect(JSON.stringify(members)).not.toContain("rogue");
      const nodes = await nomad("/v1/nodes", outputs.nomadToken);
      expect("body" in nodes && (nodes.body as { Name: string }[]).map(({ Name }) => Name).sort()).toEqual([
        "client-1",
        "client-2",
        "client-3",
      ]);
    },
    minute,
  );
});

test(
  "secrets show in no process's arguments or environment, in no container's settings, in no world-readable file",
  async () => {
    const secrets = [outputs.consulToken, outputs.nomadToken];
    for (const { name } of inventoryOf().machines) {
      const { stdout } = await onMachine(
        name,
        `sudo sh -c 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"; journalctl --no-pager -q 2>/dev/null; docker inspect $(docker ps -aq 2>/dev/null) 2>/dev/null; find /etc /opt /var/lib /run /tmp -xdev -type f -perm -004 -size -1M -print0 2>/dev/null | xargs -0 cat 2>/dev/null' | grep -aF -e ${secrets.join(" -e ")} | head -3`,
      );
      expect({ name, shown: stdout.trim() }).toEqual({ name, shown: "" });
    }
  },
  3 * minute,
);

test(
  "a killed server process comes back, and jobs keep answering meanwhile",
  async () => {
    await onMachine("server-1", "sudo systemctl kill --signal=KILL consul.service nomad-server.service");
    for (const name of ingress) {
      await served(name);
    }
    await eventually(async () => {
      const peers = await nomad("/v1/status/peers", outputs.nomadToken);
      expect("body" in peers && (peers.body as string[]).length).toBe(3);
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
    expect(await consul("/v1/status/leader")).toMatchObject({ status: 200, body: expect.stringMatching(/./) });
    await startMachine("server-3", say);
    const output = await checkout.make("up STACK=prod");
    expect(output).toContain("Stack prod is up.");
  },
  6 * minute,
);

test(
  "destroy leaves the machines as they were",
  async () => {
    await checkout.make("down STACK=prod");
    for (const { name, kind } of inventoryOf().machines) {
      const { stdout } = await onMachine(
        name,
        "ls -d /opt/hashistack /etc/consul*.d /etc/nomad*.d /etc/fabio.d /var/lib/consul* /var/lib/nomad* /etc/systemd/system/{consul,nomad-server,nomad-client,fabio}.service 2>/dev/null; pgrep -l 'consul|nomad|fabio'; true",
      );
      expect({ name, left: stdout.trim() }).toEqual({ name, left: "" });
      if (kind === "docker") {
        const { stdout: containers } = await onMachine(name, "docker ps -aq; docker volume ls -q");
        expect({ name, left: containers.trim() }).toEqual({ name, left: "" });
      }
    }
  },
  5 * minute,
);
