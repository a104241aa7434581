import { existsSync } from "node:fs";
import { run } from "../../offline/command";
import { pinnedVersion } from "../../offline/toolchain";
import {
  asStranger,
  inventoryOf,
  killMachine,
  labDown,
  labPaths,
  labUp,
  machineOf,
  onMachine,
  renewMachines,
  startMachine,
  stopMachine,
} from "./lab";
import { fabioRelease, hashicorpRelease } from "./releases";

const { machines, services } = inventoryOf();
const report = (line: string) => process.stderr.write(`  ${line}\n`);

/** What a command prints; it must succeed. */
async function told(host: string, command: string): Promise<string> {
  const answer = await onMachine(host, command);
  if (answer.code !== 0)
    throw new Error(`${host}: ${command}\nended with ${answer.code}: ${answer.stderr}${answer.stdout}`);
  return answer.stdout.trim();
}

const leftovers = async () =>
  [
    await run("docker", ["ps", "--all", "--quiet", "--filter", "label=hashistack.lab=true"]),
    await run("docker", ["volume", "ls", "--quiet", "--filter", "label=hashistack.lab=true"]),
    await run("docker", ["network", "ls", "--quiet", "--filter", "label=hashistack.lab=true"]),
  ].join("");

describe("the lab", () => {
  jest.setTimeout(20 * 60_000);

  beforeAll(() => labUp(report), 30 * 60_000);

  test.each(machines.map(({ name }) => name))(
    "%s is a machine: systemd runs whole, its name is its own",
    async (name) => {
      expect(await told(name, "hostname; systemctl is-system-running; sudo -n id -un; ps -p 1 -o comm=")).toBe(
        `${name}\nrunning\nroot\nsystemd`,
      );
    },
  );

  test("lets in who has the key, as ops, and nobody else", async () => {
    const { address } = machines[0] ?? { address: "" };
    const tries = ["root", "ops"].map(
      (user) => `ssh -o StrictHostKeyChecking=no -o BatchMode=yes -o ConnectTimeout=5 ${user}@${address} true`,
    );
    const answer = await asStranger(`${tries[0]}; ${tries[1]}; true`);
    expect(answer.stderr.match(/Permission denied \(publickey\)/g)).toHaveLength(2);
  });

  test("installs packages from its own signed repository, and from nowhere else", async () => {
    expect(await told("server-1", "grep -rhv '^#' /etc/apt/sources.list /etc/apt/sources.list.d | grep .")).toMatch(
      new RegExp(`^deb \\[signed-by=\\S+\\] http://${services}/apt/debian \\S+ main$`),
    );
    await told("server-1", "sudo apt-get update --error-on=any");
    await told("server-1", "sudo apt-get install -y -q unzip && unzip -v >/dev/null && sudo apt-get purge -y -q unzip");
  });

  test("has the vendor's packages in a repository that machines do not know of before they are told", async () => {
    const list = "/etc/apt/sources.list.d/vendor.list";
    const suite = await told("server-2", ". /etc/os-release; echo $VERSION_CODENAME");
    const key = "/usr/share/keyrings/hashistack-lab.asc";
    await told("server-2", "sudo apt-get update");
    expect(await told("server-2", "apt-cache policy consul nomad")).toBe("");
    await told(
      "server-2",
      `echo 'deb [signed-by=${key}] http://${services}/apt/hashicorp ${suite} main' | sudo tee ${list}`,
    );
    try {
      await told("server-2", "sudo apt-get update --error-on=any");
      for (const product of ["consul", "nomad"] as const) {
        const version = pinnedVersion(product);
        await told("server-2", `sudo apt-get install -y -q ${product}=${version}-1`);
        expect(await told("server-2", `${product} version`)).toContain(`v${version}`);
        expect(await told("server-2", `systemctl is-enabled ${product} || true`)).toBe("disabled");
      }
    } finally {
      await told("server-2", `sudo apt-get purge -y -q consul nomad; sudo rm -f ${list}; sudo apt-get update`);
    }
  });

  test("has releases that their sums and the lab's signature vouch for", async () => {
    const architecture = await told("server-3", "dpkg --print-architecture");
    for (const { archive, sums, signature } of [
      hashicorpRelease("consul", pinnedVersion("consul"), architecture),
      hashicorpRelease("nomad", pinnedVersion("nomad"), architecture),
      fabioRelease(pinnedVersion("fabio"), architecture),
    ]) {
      const folder = "mktemp -d -p /var/tmp";
      const get = [archive, sums, ...(signature ? [signature] : [])].map(
        (file) => `curl -fsSO http://${services}/${file}`,
      );
      const check = [`sha256sum -c ${sums.split("/").pop()}`];
      if (signature) {
        check.push("gpg --dearmor </usr/share/keyrings/hashistack-lab.asc >key.gpg");
        check.push(`gpgv -q --keyring ./key.gpg ${signature.split("/").pop()} ${sums.split("/").pop()}`);
      }
      expect(await told("server-3", `cd $(${folder}) && ${[...get, ...check].join(" && ")} && rm -rf $PWD`)).toContain(
        ": OK",
      );
    }
  });

  test.each(["client-2", "client-3"])("%s has an engine that ops may use, and pulls from the lab", async (name) => {
    expect(await told(name, "docker info --format '{{.Driver}} {{index .RegistryConfig.Mirrors 0}}'")).toBe(
      `overlay2 http://${services}:5000/`,
    );
    await told(name, `docker pull -q nginx:alpine && docker pull -q hashicorp/nomad:${pinnedVersion("nomad")}`);
    await told(name, "docker run -d --rm --name smoke -p 8088:80 nginx:alpine");
    try {
      const { address } = machines.find((machine) => machine.name === name) ?? { address: "" };
      const answer = await asStranger(`curl -fsS --retry 5 --retry-connrefused http://${address}:8088/`);
      expect(answer.stdout.toLowerCase()).toContain("nginx");
    } finally {
      await told(name, "docker kill smoke; docker image rm -f nginx:alpine >/dev/null");
    }
  });

  test("has no engine on an Ubuntu machine, which gets one from the repository", async () => {
    expect((await onMachine("client-1", "command -v docker")).code).not.toBe(0);
    await told(
      "client-1",
      "sudo apt-get update && sudo apt-get install -y -q --no-install-recommends docker.io iptables",
    );
    expect(await told("client-1", "sudo docker info --format '{{.Driver}}'")).toBe("overlay2");
  });

  test("asks names of systemd-resolved, which can be told who knows more of them", async () => {
    expect(await told("server-1", "readlink /etc/resolv.conf; systemctl is-active systemd-resolved")).toBe(
      "../run/systemd/resolve/stub-resolv.conf\nactive",
    );
    for (const { name } of machines) {
      expect(await told(name, "getent hosts client-1.hashistack-lab")).toContain(
        machineOf(inventoryOf(), "client-1").address,
      );
    }
  });

  test("keeps a machine's disk and keys when it is shut down, or loses power", async () => {
    await told("client-3", "echo kept >mark; sync");
    await stopMachine("client-3");
    expect((await onMachine("client-3", "true")).code).toBe(255);
    await startMachine("client-3");
    expect(await told("client-3", "cat mark")).toBe("kept");
    await killMachine("client-3");
    await startMachine("client-3");
    expect(await told("client-3", "cat mark; docker info --format '{{.Driver}}'")).toBe("kept\noverlay2");
  });

  test("is the same lab after a second lab-up, except for what was broken", async () => {
    const ids = () => run("docker", ["ps", "--quiet", "--filter", "label=hashistack.lab=true"]);
    const before = await ids();
    await killMachine("server-2");
    await labUp(report);
    expect(await ids()).toBe(before);
    expect(await told("client-3", "cat mark")).toBe("kept");
  });

  test("has machines renewed: as if nobody had been there, under the same keys", async () => {
    await renewMachines(["client-3"], report);
    expect(await told("client-3", "cat mark 2>/dev/null || echo new; docker image ls --quiet")).toBe("new");
  });

  test("comes up again after it was taken down", async () => {
    await labDown(report);
    await labUp(report);
    expect(await told("client-3", "systemctl is-system-running")).toBe("running");
  });

  test("leaves nothing when it is taken down, and may be taken down twice", async () => {
    await labDown(report);
    expect(await leftovers()).toBe("");
    expect(existsSync(labPaths.folder)).toBe(false);
    await labDown(report);
  });
});
