import { onMachine } from "../lab";
import { eventually, type LabCluster, served } from "./labCluster";

const minute = 60_000;
const host = "10.77.0.21\n      substrate: ubuntu\n";
const emulator = "/usr/local/bin/qemu-system-x86_64";

/** A client that is to run virtual machines. Nomad takes for an emulator what tells an emulator's version. */
export function testQemu(of: () => LabCluster): void {
  const edit = (from: string, to: string) => of().edit(from, to);
  const offered = async () =>
    (await of().typed("nomad node status -json -filter 'Name == \"client-1\"' | grep -A10 '\"qemu\"'; true")).output;

  test(
    "a driver that the machine lacks is asked for: the machine and the remedy are named, and the client runs on",
    async () => {
      await edit(host, `${host}      drivers: [docker, exec, qemu]\n`);
      const { code, output } = await of().tryUp();
      expect(code).not.toBe(0);
      expect(output.replace(/\s+/g, " ")).toMatch(/host client-1: .*no qemu-system-x86_64: run "sudo apt-get install/);
      await served("client-1");
    },
    3 * minute,
  );

  test(
    "is offered once it is there, and no more when it is not asked for",
    async () => {
      await onMachine(
        "client-1",
        `printf '#!/bin/sh\\necho QEMU emulator version 8.2.2\\n' | sudo tee ${emulator} >/dev/null; sudo chmod +x ${emulator}`,
      );
      await of().up();
      expect(await offered()).toMatch(/"Healthy": true/);
      await edit(`${host}      drivers: [docker, exec, qemu]\n`, host);
      await of().up();
      await onMachine("client-1", `sudo rm ${emulator}`);
      await eventually(async () => expect(await offered()).not.toMatch(/"Detected": true/));
      await eventually(() => served("client-1"));
    },
    5 * minute,
  );
}
