import { eventually, ingress, LabCluster, say, served } from "./cluster/labCluster";
import { inventoryOf, labDown, onMachine } from "./lab";

const minute = 60_000;
const ubuntu = () => inventoryOf().machines.filter(({ kind }) => kind === "ubuntu");

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.onBareMachines();
  await cluster.up();
}, 20 * minute);

afterAll(async () => {
  await cluster?.remove();
  await labDown(say);
}, 10 * minute);

describe("the vendor's packages, the other way to Consul and Nomad on Ubuntu machines (Fabio has none)", () => {
  test(
    "take the place of zips in a running cluster",
    async () => {
      const { stdout: suite } = await onMachine("server-1", ". /etc/os-release; echo $VERSION_CODENAME");
      await cluster.edit(
        "  hashistack:software:\n",
        `  hashistack:software:
    source: apt
    apt: { url: http://10.77.0.2/apt/hashicorp, suite: ${suite.trim()} }
    keepData: true
`,
      );
      expect(await cluster.up()).toContain("Stack prod is up.");
      for (const { name } of ubuntu()) {
        const { stdout } = await onMachine(
          name,
          "dpkg-query --show --showformat '${Package} ' consul nomad; sudo readlink /proc/$(pgrep --exact --oldest consul)/exe",
        );
        expect({ name, stdout }).toEqual({ name, stdout: "consul nomad /usr/bin/consul\n" });
      }
      for (const name of ingress) await eventually(() => served(name));
    },
    8 * minute,
  );

  test("are left alone by a second run", () => cluster.upWithoutChange(), 3 * minute);

  test(
    "go when the cluster goes, and leave the data that is to be kept",
    async () => {
      await cluster.checkout.make("down STACK=prod");
      for (const { name } of ubuntu()) {
        const { stdout } = await onMachine(
          name,
          "dpkg-query --show consul nomad 2>/dev/null; ls /etc/apt/sources.list.d /etc/systemd/system/consul.service 2>/dev/null; sudo ls -d /var/lib/consul*",
        );
        expect({ name, stdout: stdout.trim() }).toEqual({
          name,
          stdout: expect.stringMatching(/^(\/etc\/apt\/sources.list.d:?\n*)?\/var\/lib\/consul-(server|client)$/),
        });
      }
    },
    5 * minute,
  );
});
