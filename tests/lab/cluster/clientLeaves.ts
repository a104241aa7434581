import { ask } from "../../../components/api/request";
import { onMachine } from "../lab";
import { addressOf, client3, eventually, type LabCluster, repeat } from "./labCluster";

const minute = 60_000;

/** The one through which the tests ask: it stays. */
const entrance = "client-2";

const leaving: readonly (readonly [name: string, lines: string])[] = [
  ["client-3", client3],
  [
    "client-1",
    "    - name: client-1\n      address: 10.77.0.21\n      substrate: ubuntu\n      roles: [nomad-client, ingress]\n",
  ],
];

/** Two instances, on that client as long as it is there. */
const mover = (client: string) => `job "mover" {
  group "mover" {
    count = 2
    network {
      port "http" { to = 80 }
    }
    affinity {
      attribute = "\${node.unique.name}"
      value     = "${client}"
      weight    = 100
    }
    update { min_healthy_time = "1s" }
    migrate { min_healthy_time = "1s" }
    # Until Fabio knows that an instance goes, it may still send it a request.
    shutdown_delay = "2s"
    service {
      name = "mover"
      port = "http"
      tags = ["urlprefix-/mover strip=/mover"]
      check {
        type     = "http"
        path     = "/"
        interval = "1s"
        timeout  = "1s"
      }
    }
    task "nginx" {
      driver = "docker"
      config {
        image = "nginx:alpine"
        ports = ["http"]
      }
    }
  }
}`;

/** A client that is taken out of the stack's file while tasks run on it: on a Docker host, and on an Ubuntu machine. */
export function testClientLeaves(of: () => LabCluster): void {
  const running = async () => {
    const answer = await of().nomad("/v1/job/mover/allocations", of().outputs.nomadToken);
    const found = (answer.status === 200 ? answer.body : []) as { NodeName: string; ClientStatus: string }[];
    return found.filter(({ ClientStatus }) => ClientStatus === "running").map(({ NodeName }) => NodeName);
  };
  const descriptions = async () => {
    const answer = await of().consul("/v1/acl/tokens", of().outputs.consulToken);
    return ((answer.status === 200 ? answer.body : []) as { Description: string }[]).map((each) => each.Description);
  };

  describe.each(leaving)("%s", (client, lines) => {
    afterAll(async () => {
      await of().typed("nomad job stop -purge -detach mover");
    }, minute);

    test(
      "is emptied before it goes, and nobody who asks for what ran on it notices",
      async () => {
        const registered = await of().typed(`nomad job run - <<'END'\n${mover(client)}\nEND`);
        expect(registered).toMatchObject({ code: 0 });
        expect(await running()).toContain(client);
        await eventually(() => moverAnswers());
        const watch = watchMover();
        await of().edit(lines, "");
        const output = await of().up();
        const { asked, failures } = await watch.end();
        expect(output).toContain(`${client} is drained`);
        expect(failures).toEqual([]);
        expect(asked).toBeGreaterThan(50);
        const places = await running();
        expect(places).toHaveLength(2);
        expect(places).not.toContain(client);
      },
      5 * minute,
    );

    test("leaves nothing behind: no token, no node, nothing on its machine", async () => {
      expect((await descriptions()).filter((text) => text.includes(`${client}-`))).toEqual([]);
      const catalogue = await of().consul("/v1/catalog/nodes", of().outputs.consulToken);
      expect(catalogue).toMatchObject({ status: 200 });
      expect(JSON.stringify(catalogue)).not.toContain(client);
      const node = (await of().nodes()).find(({ Name }) => Name === client);
      expect(node).toMatchObject({ SchedulingEligibility: "ineligible" });
      const { stdout } = await onMachine(client, "pgrep -l 'consul|nomad|fabio'; docker ps -aq 2>/dev/null; true");
      expect(stdout.trim()).toBe("");
    });

    test(
      "comes back as a new one",
      async () => {
        await of().edit("    - name: client-2\n", `${lines}    - name: client-2\n`);
        await of().up();
        // Its earlier self is taken for alive for some seconds more.
        const selves = (await of().nodes())
          .filter(({ Name }) => Name === client)
          .sort((a, b) => b.CreateIndex - a.CreateIndex);
        expect(selves[0]).toMatchObject({ Status: "ready", SchedulingEligibility: "eligible" });
        expect((await descriptions()).filter((text) => text.endsWith(`${client}-nomad-client`))).toHaveLength(1);
      },
      5 * minute,
    );
  });
}

async function moverAnswers(): Promise<void> {
  const answer = await ask(`http://${addressOf(entrance)}:9999/mover/`, { timeoutMs: 3000 });
  expect(answer).toMatchObject({ status: 200, body: expect.stringMatching(/nginx/i) });
}

/** Asks for the page again and again. */
function watchMover() {
  const failures: string[] = [];
  let asked = 0;
  const asking = repeat(100, async () => {
    await moverAnswers().catch((error: Error) => failures.push(error.message));
    asked++;
  });
  return {
    async end() {
      await asking.end();
      return { asked, failures };
    },
  };
}
