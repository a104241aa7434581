import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pinnedVersion } from "../../offline/toolchain";
import { LabCluster, say } from "./cluster/labCluster";
import { labDown, labPaths, labUp, onMachine, startMachine, stopMachine } from "./lab";

const minute = 60_000;
const oneByOne = { timeout: 4 * minute };

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.onBareMachines();
  // A copy of what the stack pins, to be changed here.
  const pins = join(cluster.checkout.root, ".hashistack/known_hosts");
  await copyFile(labPaths.knownHosts, pins);
  await cluster.checkout.edit(
    "Pulumi.prod.yaml",
    "knownHostsFile: .hashistack/lab/known_hosts",
    "knownHostsFile: .hashistack/known_hosts",
  );
}, 20 * minute);

afterAll(async () => {
  await cluster?.remove();
  await labDown(say);
}, 10 * minute);

/** Each test puts one thing in the way, sees what a person is told, and takes it away: the stack grows all the while. */
async function refusal(): Promise<string> {
  const { code, output } = await cluster.tryUp();
  expect(code).not.toBe(0);
  // The terminal's own line breaks are none of the message's.
  return output.replace(/\s+/g, " ");
}

async function runs(machine: string, unit: string): Promise<boolean> {
  const { stdout } = await onMachine(machine, `systemctl is-active ${unit}.service`);
  return stdout.trim() === "active";
}

async function asRoot(machine: string, command: string): Promise<void> {
  const { code, stderr } = await onMachine(machine, `sudo sh -c '${command}'`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

test(
  "an Ubuntu machine that does not answer",
  async () => {
    await stopMachine("server-3");
    const said = await refusal();
    expect(said).toContain("host server-3: no SSH at 10.77.0.13:22. Is the machine up, is the address right");
    await startMachine("server-3", say);
  },
  oneByOne.timeout,
);

test(
  "a Docker host that does not answer",
  async () => {
    await stopMachine("client-3");
    const said = await refusal();
    expect(said).toContain("host client-3: no SSH at 10.77.0.23:22. Is the machine up, is the address right");
    await startMachine("client-3", say);
  },
  oneByOne.timeout,
);

test.each([
  ["server-2", "10.77.0.12"],
  ["client-2", "10.77.0.22"],
])(
  "a machine that shows another host key than the pinned one: %s",
  async (name, address) => {
    const pins = join(cluster.checkout.root, ".hashistack/known_hosts");
    const right = await readFile(pins, "utf8");
    const { stdout: foreign } = await onMachine("server-1", "cat /etc/ssh/ssh_host_*_key.pub");
    const others = right.split("\n").filter((line) => !line.startsWith(address));
    const wrong = foreign
      .trim()
      .split("\n")
      .map((key) => `${address},${name} ${key.split(" ").slice(0, 2).join(" ")}`);
    await writeFile(pins, `${[...others, ...wrong].filter(Boolean).join("\n")}\n`);
    const said = await refusal();
    expect(said).toContain(
      `host ${name}: the machine at ${address}:22 does not show the host key that the stack pins.`,
    );
    expect(await runs(name, "consul")).toBe(false);
    await writeFile(pins, right);
  },
  oneByOne.timeout,
);

test(
  "sudo that asks for a password, and one that is wrong",
  async () => {
    await asRoot("server-2", 'echo "ops:pass-of-ops" | chpasswd; echo "ops ALL=(ALL) ALL" >/etc/sudoers.d/zz-test');
    expect(await refusal()).toContain("host server-2: user ops cannot become root without a password");
    const set = "pulumi config set --secret --path 'hashistack:ssh.sudoPassword'";
    await cluster.typed(`${set} wrong-password-of-ops`);
    const said = await refusal();
    expect(said).toContain("host server-2: sudo does not take the password that the stack has for user ops");
    expect(said).not.toContain("wrong-password-of-ops");
    // The right one is used from now on.
    await cluster.typed(`${set} pass-of-ops`);
  },
  oneByOne.timeout,
);

test(
  "a full disk",
  async () => {
    await asRoot("server-1", "mkdir -p /opt/hashistack && mount -t tmpfs -o size=64m none /opt/hashistack");
    expect(await refusal()).toMatch(
      /host server-1: only 6\d MiB are free where \/opt\/hashistack lies; 500 MiB are needed/,
    );
    expect(await runs("server-1", "consul")).toBe(false);
    await asRoot("server-1", "umount /opt/hashistack");
  },
  oneByOne.timeout,
);

test(
  "a mirror that serves another file than the one that was published",
  async () => {
    const version = pinnedVersion("consul");
    const { stdout: architecture } = await onMachine("server-1", "dpkg --print-architecture");
    const file = `consul_${version}_linux_${architecture.trim()}.zip`;
    const served = join(labPaths.www, "consul", version, file);
    await rm(served, { force: true });
    await writeFile(served, "not what HashiCorp published");
    const said = await refusal();
    const refused =
      /host ([\w-]+): http:\/\/10\.77\.0\.2\/consul\/\S+ has the SHA-256 sum \w+, but \S+SHA256SUMS says \w+: .* Nothing of it was installed/;
    expect(said).toMatch(refused);
    const machine = refused.exec(said)?.[1] ?? "";
    const { stdout } = await onMachine(machine, "ls -A /opt/hashistack/consul 2>/dev/null");
    expect({ machine, installed: stdout.trim() }).toEqual({ machine, installed: "" });
    await labUp(say);
  },
  oneByOne.timeout,
);

test(
  "a foreign cluster's data, and a foreign Consul that runs",
  async () => {
    await asRoot(
      "server-1",
      "mkdir -p /var/lib/consul-server/raft && echo theirs >/var/lib/consul-server/raft/raft.db",
    );
    const said = await refusal();
    expect(said).toContain(
      "host server-1: /var/lib/consul-server holds data that hashistack did not put there, perhaps of another cluster.",
    );
    expect(await runs("server-1", "consul")).toBe(false);
    const { stdout } = await onMachine("server-1", "cat /var/lib/consul-server/raft/raft.db");
    expect(stdout.trim()).toBe("theirs");
    await asRoot("server-1", "rm -r /var/lib/consul-server");
  },
  oneByOne.timeout,
);

test(
  "with all of it out of the way, the same command brings the cluster up",
  async () => {
    expect(await cluster.up()).toContain("Stack prod is up.");
  },
  6 * minute,
);

test(
  "data that a later version wrote: the agent that runs is left alone",
  async () => {
    const marker = "/var/lib/consul-server/.hashistack";
    await asRoot("server-2", `sed -i "s/^version=.*/version=99.0.0/" ${marker}`);
    await cluster.checkout.edit("Pulumi.prod.yaml", "hashistack:consul:\n", "hashistack:consul:\n    logLevel: warn\n");
    const said = await refusal();
    expect(said).toMatch(
      /host server-2: \/var\/lib\/consul-server was written by consul 99\.0\.0; consul [\d.]+ may not read it/,
    );
    expect(await runs("server-2", "consul")).toBe(true);
    expect(await runs("server-3", "consul")).toBe(true);
    await asRoot("server-2", `sed -i "s/^version=.*/version=${pinnedVersion("consul")}/" ${marker}`);
    expect(await cluster.up()).toContain("Stack prod is up.");
  },
  6 * minute,
);
