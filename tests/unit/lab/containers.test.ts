import { inventoryOf, machineOf } from "../../lab/inventory";
import { machineSpec } from "../../lab/machines";
import { labImages, renderServer, servicesSpec } from "../../lab/services";

const inventory = inventoryOf("10.77.0.0/24");

describe("the lab's containers", () => {
  test("give a machine what systemd and agents need, and no more: never all privileges", () => {
    const spec = machineSpec(machineOf(inventory, "client-2"), inventory, "sha256:1");
    expect(spec).toMatchObject({ name: "client-2", image: "sha256:1", address: "10.77.0.22", subnet: "10.77.0.0/24" });
    expect(spec.volumes).toEqual({ "/var/lib/docker": "hashistack-lab-client-2-docker" });
    const following = (option: string) => spec.options.filter((_, index) => spec.options[index - 1] === option);
    expect(following("--cap-add")).toEqual(["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "SYS_NICE", "AUDIT_WRITE"]);
    expect(following("--hostname")).toEqual(["client-2"]);
    expect(following("--cgroupns")).toEqual(["private"]);
    expect(spec.options.join(" ")).not.toMatch(/--privileged|docker\.sock|--publish|--network/);
  });

  test("let the services read what they serve, and write nothing of it", () => {
    const spec = servicesSpec(inventory, "sha256:2", { debian: "/cache/a", releases: "/cache/b" });
    expect(spec.address).toBe("10.77.0.2");
    const mounts = spec.options.filter((_, index) => spec.options[index - 1] === "--volume");
    expect(mounts).toHaveLength(5);
    expect(mounts.every((mount) => mount.endsWith(":ro"))).toBe(true);
    // Where the configuration looks for it.
    for (const place of renderServer().matchAll(/\/srv\/(www|registry)\b/g)) {
      expect(mounts.some((mount) => mount.endsWith(`:${place[0]}:ro`))).toBe(true);
    }
  });

  test("have images under tags, since engines pull by these", () => {
    expect(labImages().every((reference) => /^[a-z0-9/.-]+:[\w.-]+$/.test(reference))).toBe(true);
  });
});
