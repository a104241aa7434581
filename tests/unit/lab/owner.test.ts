import { run } from "../../../offline/command";
import { root } from "../../../tasks/lib/paths";
import { ensureNetwork, ownerOfLab } from "../../lab/containers";
import { inventoryOf } from "../../lab/inventory";

jest.mock("../../../offline/command");

interface Network {
  readonly subnet: string;
  readonly owner: string;
}

/** An engine of which only the lab's network and its containers' owner are of interest. */
function engine(state: { network?: Network; containers?: readonly string[]; onCreate?: () => string | undefined }) {
  const created: string[][] = [];
  jest.mocked(run).mockImplementation(async (_, args) => {
    const words = args.slice(0, 2).join(" ");
    switch (words) {
      case "network inspect":
        if (!state.network) throw new Error("Error response from daemon: network hashistack-lab not found");
        return `${state.network.subnet} ${state.network.owner}\n`;
      case "network create": {
        const refusal = state.onCreate?.();
        if (refusal) throw new Error(refusal);
        created.push([...args]);
        return "id\n";
      }
      case "network ls":
        return state.network ? `${state.network.owner}\n` : "";
      case "ps --all":
        return (state.containers ?? []).map((owner) => `${owner}\n`).join("");
      default:
        throw new Error(`unexpected: docker ${args.join(" ")}`);
    }
  });
  return created;
}

const inventory = inventoryOf("10.77.0.0/24");
const other = "/home/somebody/hashistack";

describe("whose lab an engine has", () => {
  test("is written on its network, which is made where there is none", async () => {
    const created = engine({});
    await ensureNetwork(inventory);
    expect(created).toHaveLength(1);
    expect(created[0]).toEqual(expect.arrayContaining(["hashistack.lab=true", `hashistack.lab.checkout=${root}`]));
    expect(created[0]).toEqual(expect.arrayContaining(["--subnet", "10.77.0.0/24", "--ip-range", "10.77.0.128/25"]));
  });

  test("is left as it is where the network is ours already", async () => {
    const created = engine({ network: { subnet: inventory.subnet, owner: root } });
    await ensureNetwork(inventory);
    expect(created).toEqual([]);
  });

  test("is another checkout's while that brings its first lab up: network, but no container yet", async () => {
    engine({ network: { subnet: inventory.subnet, owner: other } });
    expect(await ownerOfLab()).toBe(other);
    await expect(ensureNetwork(inventory)).rejects.toThrow(`make -C ${other} lab-down`);
  });

  test("is another checkout's where that was quicker by a moment", async () => {
    const state: Parameters<typeof engine>[0] = {
      onCreate: () => {
        state.network = { subnet: inventory.subnet, owner: other };
        return "network with name hashistack-lab already exists";
      },
    };
    engine(state);
    await expect(ensureNetwork(inventory)).rejects.toThrow(`make -C ${other} lab-down`);
  });

  test("is told by a container, too; without either it is nobody's", async () => {
    engine({ containers: ["", other] });
    expect(await ownerOfLab()).toBe(other);
    engine({});
    expect(await ownerOfLab()).toBeUndefined();
  });

  test.each([
    ["lies elsewhere", { network: { subnet: "10.78.0.0/24", owner: root } }, "The lab runs at 10.78.0.0/24"],
    ["is no lab's", { network: { subnet: inventory.subnet, owner: "" } }, "docker network rm hashistack-lab"],
    [
      "would lie on another",
      { onCreate: () => "Pool overlaps with other one on this address space" },
      "HASHISTACK_LAB_SUBNET=",
    ],
    ["cannot be made", { onCreate: () => "permission denied" }, "permission denied"],
  ])("a network that %s is refused in words that help", async (_, state, words) => {
    engine(state);
    await expect(ensureNetwork(inventory)).rejects.toThrow(words);
  });
});
