import fc from "fast-check";
import { defaultSubnet, inventoryOf, machineOf } from "../../lab/inventory";
import { renderKnownHost } from "../../lab/keys";

describe("the lab's machines", () => {
  test("are where documents and stack files say, unless another network is named", () => {
    const { machines, services, gateway } = inventoryOf(defaultSubnet);
    expect(machines.map(({ name, address, kind }) => `${name} ${address} ${kind}`)).toEqual([
      "server-1 10.77.0.11 ubuntu",
      "server-2 10.77.0.12 ubuntu",
      "server-3 10.77.0.13 ubuntu",
      "client-1 10.77.0.21 ubuntu",
      "client-2 10.77.0.22 docker",
      "client-3 10.77.0.23 docker",
    ]);
    expect([gateway, services]).toEqual(["10.77.0.1", "10.77.0.2"]);
    expect(inventoryOf("192.168.9.0/24").machines[0]?.address).toBe("192.168.9.11");
  });

  test("have addresses that nobody else gets", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, (b, c) => {
        const { machines, services, gateway, others } = inventoryOf(`10.${b}.${c}.0/24`);
        const own = [gateway, services, ...machines.map(({ address }) => address)];
        expect(new Set(own).size).toBe(own.length);
        expect(others).toBe(`10.${b}.${c}.128/25`);
        expect(own.every((address) => Number(address.split(".")[3]) < 128)).toBe(true);
      }),
    );
  });

  test.each(["10.77.0.0", "10.77.0.0/16", "10.77.0.1/24", "10.999.0.0/24", "8.8.8.0/24", "172.32.0.0/24", "lab"])(
    "are not to be had at %s",
    (subnet) => {
      expect(() => inventoryOf(subnet)).toThrow(
        `HASHISTACK_LAB_SUBNET is "${subnet}"; expected a private network of 256 addresses`,
      );
    },
  );

  test("are found by name, and a wrong name is answered with the right ones", () => {
    const inventory = inventoryOf(defaultSubnet);
    expect(machineOf(inventory, "client-2").address).toBe("10.77.0.22");
    expect(() => machineOf(inventory, "client-4")).toThrow('no machine "client-4"; it has: server-1, server-2');
  });

  test("are pinned by address and name, without the key's comment", () => {
    const machine = { name: "server-1", address: "10.77.0.11", kind: "ubuntu" } as const;
    expect(renderKnownHost(machine, "ssh-ed25519 AAAAC3Nza root@somewhere\n")).toBe(
      "10.77.0.11,server-1 ssh-ed25519 AAAAC3Nza",
    );
  });
});
