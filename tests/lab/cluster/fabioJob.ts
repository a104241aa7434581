import { ask } from "../../../components/api/request";
import { addressOf, eventually, ingress, type LabCluster, place, repeat, served } from "./labCluster";

const minute = 60_000;
const setting = `  hashistack:fabio:
    runsAs: nomad-job
    certificate: { certFile: .hashistack/ingress.pem, keyFile: .hashistack/ingress-key.pem }
`;
/** The ingress hosts' lines, up to that role. */
const hosts = ["10.77.0.21\n      substrate: ubuntu\n", "10.77.0.22\n"].map(
  (line) => `${line}      roles: [nomad-client`,
);

/** Fabio as a system job of Nomad, on an Ubuntu machine and on a Docker host, and the way there and back. */
export function testFabioJob(of: () => LabCluster): void {
  const edit = (from: string, to: string) => of().edit(from, to);
  const withoutIngress = async () => {
    for (const host of hosts) await edit(`${host}, ingress]`, `${host}]`);
    await of().up();
    for (const host of hosts) await edit(`${host}]`, `${host}, ingress]`);
  };
  const servedByAll = async () => {
    for (const name of ingress) await eventually(() => served(name));
  };

  test(
    "is not begun while agents hold its ports: they go on serving, and the way is shown",
    async () => {
      await of().makeCertificate();
      await edit(place, setting + place);
      const { code, output } = await of().tryUp();
      expect(code).not.toBe(0);
      expect(output).toContain("change fabio.runsAs in two runs");
      for (const name of ingress) await served(name);
    },
    3 * minute,
  );

  test(
    "serves every ingress host, in HTTPS too, once the two runs are done",
    async () => {
      await withoutIngress();
      expect(await of().up()).toContain("Stack prod is up.");
      await servedByAll();
      for (const name of ingress) await of().servedSafely(name);
      const answer = await of().nomad("/v1/job/fabio/allocations?namespace=ingress", of().outputs.nomadToken);
      const allocations = (answer.status === 200 ? answer.body : []) as { NodeName: string; ClientStatus: string }[];
      const where = allocations
        .filter(({ ClientStatus }) => ClientStatus === "running")
        .map(({ NodeName }) => NodeName);
      expect(where.sort()).toEqual(ingress);
    },
    5 * minute,
  );

  test("is left alone by a second run", () => of().upWithoutChange(), 3 * minute);

  test(
    "changes host by host: one is always there",
    async () => {
      const watch = watchIngress();
      await edit("runsAs: nomad-job\n", "runsAs: nomad-job\n    logLevel: debug\n");
      await of().up();
      await servedByAll();
      const { away, together } = await watch.end();
      expect([...away].sort()).toEqual(ingress);
      expect(together).toBe(0);
    },
    5 * minute,
  );

  test(
    "gives way to agents again, in two runs",
    async () => {
      await withoutIngress();
      expect(await of().nomad("/v1/job/fabio?namespace=ingress", of().outputs.nomadToken)).toMatchObject({
        status: 404,
      });
      await edit(setting.replace("nomad-job\n", "nomad-job\n    logLevel: debug\n") + place, place);
      await of().up();
      await servedByAll();
    },
    5 * minute,
  );
}

/** Asks every ingress host again and again: which were away, and how often all of them at the same time. */
function watchIngress() {
  const away = new Set<string>();
  let together = 0;
  const answers = (name: string) =>
    ask(`http://${addressOf(name)}:9999/`, { timeoutMs: 1000 }).then(({ status }) => status !== 0);
  const watching = repeat(50, async () => {
    const there = await Promise.all(ingress.map(answers));
    there.forEach((answered, index) => {
      if (!answered) away.add(ingress[index] ?? "");
    });
    together += there.includes(true) ? 0 : 1;
  });
  return {
    async end() {
      await watching.end();
      return { away, together };
    },
  };
}
