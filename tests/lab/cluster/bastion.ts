import { inventoryOf, machineOf, onMachine } from "../lab";
import { ingress, type LabCluster, served } from "./labCluster";

const minute = 60_000;
const bastion = "      ssh: { bastion: { address: 10.77.0.11 } }\n";
/** An Ubuntu machine's and a Docker host's line in the stack's file. */
const hosts = ["10.77.0.21\n", "10.77.0.22\n"];

/** Hosts that are reached through another machine from now on: their agents need not know. */
export function testBastion(of: () => LabCluster): void {
  test(
    "hosts are reached through a bastion, and no agent is restarted for it",
    async () => {
      const before = await started();
      for (const host of hosts) await of().edit(host, host + bastion);
      await of().up();
      const logins = "sudo journalctl --unit ssh --since '-2min' --output cat | grep 'Accepted publickey'";
      const { address } = machineOf(inventoryOf(), "server-1");
      for (const name of ingress) {
        expect((await onMachine(name, logins)).stdout).toContain(`from ${address} `);
        await served(name);
      }
      await of().upWithoutChange();
      for (const host of hosts) await of().edit(host + bastion, host);
      await of().up();
      expect(await started()).toEqual(before);
    },
    5 * minute,
  );
}

/** Since when the agents of these hosts run. */
async function started(): Promise<string[]> {
  const units = "systemctl show --property ActiveEnterTimestamp consul nomad-client fabio";
  const containers = "docker ps --filter label=hashistack.agent --format '{{.ID}} {{.CreatedAt}}' | sort";
  return [(await onMachine("client-1", units)).stdout, (await onMachine("client-2", containers)).stdout];
}
