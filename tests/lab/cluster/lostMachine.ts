import { killMachine, renewMachines, startMachine } from "../lab";
import { client3, eventually, type LabCluster, place, say, served } from "./labCluster";

const minute = 60_000;

/** A machine that is gone for good, with its containers: Pulumi cannot take away what nobody can reach. */
export function testLostMachine(of: () => LabCluster): void {
  const forget = (host: string) => of().checkout.sh(`make forget STACK=prod HOST=${host}`);

  afterAll(() => startMachine("client-3", say), 2 * minute);

  test(
    "one that answers is not forgotten, nor one that nobody knows",
    async () => {
      const [answering, unknown, none] = [await forget("client-1"), await forget("client-9"), await forget("")];
      expect(answering.code).not.toBe(0);
      expect(answering.output).toContain("client-1 answers at 10.77.0.21:22, so its machine is not gone.");
      expect(unknown.code).not.toBe(0);
      expect(unknown.output).toContain("client-1, client-2, client-3, server-1, server-2, server-3");
      expect(none.output).toContain("make forget HOST=client-3 STACK=prod");
      await of().upWithoutChange();
    },
    3 * minute,
  );

  test(
    "holds every run up until it is forgotten, and the run says how",
    async () => {
      await killMachine("client-3");
      await of().edit(client3, "");
      const { code, output } = await of().tryUp();
      expect(code).not.toBe(0);
      expect(output).toContain("make forget HOST=");
      const forgotten = await forget("client-3");
      expect(forgotten.output).toMatch(/Forgotten: \d+ resources on client-3\. Next, make up STACK=prod takes out/);
      expect(await of().up()).toContain("Stack prod is up.");
      await of().upWithoutChange();
      await eventually(() => served("client-1"));
    },
    8 * minute,
  );

  test("leaves nothing of itself in Consul: no node, no token", async () => {
    const { consulToken } = of().outputs;
    for (const path of ["/v1/catalog/nodes", "/v1/acl/tokens"]) {
      const answer = await of().consul(path, consulToken);
      expect(answer).toMatchObject({ status: 200 });
      expect(JSON.stringify(answer)).not.toContain("client-3");
    }
  });

  test(
    "its place is taken by a new one under its name and address",
    async () => {
      await renewMachines(["client-3"], say);
      await of().edit(place, client3 + place);
      expect(await of().up()).toContain("Stack prod is up.");
    },
    5 * minute,
  );
}
