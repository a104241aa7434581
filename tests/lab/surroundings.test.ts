import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pinnedVersion } from "../../offline/toolchain";
import { LabCluster, say } from "./cluster/labCluster";
import { labDown, labPaths, labUp, onMachine, startMachine, stopMachine } from "./lab";

const minute = 60_000;

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.onBareMachines();
  // A copy of what the stack pins, to be changed here.
  const pins = join(cluster.checkout.root, ".hashistack/known_hosts");
  await copyFile(labPaths.knownHosts, pins);
  await cluster.edit("knownHostsFile: .hashistack/lab/known_hosts", "knownHostsFile: .hashistack/known_hosts");
}, 20 * minute);

afterAll(async () => {
  await cluster?.remove();
  await labDown(say);
}, 10 * minute);

/**
 * What a person is told while something is in the way, which is then taken away. The stack grows from test to test, so
 * they stand in the order in which runs meet these things. The terminal's own line breaks are none of the message's.
 */
async function refusalWhile(inTheWay: () => Promise<void>, takeAway: () => Promise<void>): Promise<string> {
  await inTheWay();
  try {
    const { code, output } = await cluster.tryUp();
    expect(code).not.toBe(0);
    return output.slice(output.indexOf("Diagnostics:")).replace(/\s+/g, " ");
  } finally {
    await takeAway();
  }
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
  "data that hashistack did not put there, perhaps a foreign cluster's",
  async () => {
    const data = "/var/lib/consul-server";
    let left = "";
    const said = await refusalWhile(
      () => asRoot("server-1", `mkdir -p ${data} && echo theirs >${data}/raft.db`),
      async () => {
        left = (await onMachine("server-1", `sudo cat ${data}/raft.db`)).stdout.trim();
        await asRoot("server-1", `rm -r ${data}`);
      },
    );
    expect(said).toContain(`host server-1: ${data} holds data that hashistack did not put there`);
    expect(left).toBe("theirs");
    expect(await runs("server-1", "consul")).toBe(false);
  },
  4 * minute,
);

test(
  "a foreign Consul that runs",
  async () => {
    const copy = "/usr/local/bin/consul";
    const said = await refusalWhile(
      () =>
        asRoot(
          "server-1",
          `cp /bin/sleep ${copy} && systemd-run --quiet --unit theirs --property Type=exec ${copy} 600`,
        ),
      () => asRoot("server-1", `systemctl stop theirs; rm ${copy}`),
    );
    expect(said).toMatch(
      /host server-1: a consul that hashistack did not start runs here already \(process \d+ in theirs\.service\)/,
    );
    expect(await runs("server-1", "consul")).toBe(false);
  },
  4 * minute,
);

test(
  "a full disk",
  async () => {
    const folder = "/opt/hashistack";
    const said = await refusalWhile(
      () => asRoot("server-1", `mkdir -p ${folder} && mount -t tmpfs -o size=64m none ${folder}`),
      () => asRoot("server-1", `umount ${folder}`),
    );
    expect(said).toMatch(/host server-1: only 6\d MiB are free where \/opt\/hashistack lies; 500 MiB are needed/);
    expect(await runs("server-1", "consul")).toBe(false);
  },
  4 * minute,
);

test(
  "a mirror that serves another file than the one that was published",
  async () => {
    const version = pinnedVersion("consul");
    const { stdout: architecture } = await onMachine("server-1", "dpkg --print-architecture");
    const file = join(labPaths.www, "consul", version, `consul_${version}_linux_${architecture.trim()}.zip`);
    const said = await refusalWhile(
      async () => {
        await rm(file, { force: true });
        await writeFile(file, "not what HashiCorp published");
      },
      () => labUp(say),
    );
    const refused =
      /host ([\w-]+): http:\/\/10\.77\.0\.2\/consul\/\S+ has the SHA-256 sum \w+, but \S+SHA256SUMS says \w+: .* Nothing of it was installed/;
    expect(said).toMatch(refused);
    const machine = refused.exec(said)?.[1] ?? "";
    const { stdout } = await onMachine(machine, "ls -A /opt/hashistack/consul 2>/dev/null");
    expect({ machine, installed: stdout.trim() }).toEqual({ machine, installed: "" });
  },
  4 * minute,
);

test.each([
  [
    "server-2",
    "10.77.0.12",
    "host server-2: the machine at 10.77.0.12:22 does not show the host key that the stack pins.",
  ],
  ["client-2", "10.77.0.22", "Host key verification failed"],
])(
  "a machine that shows another host key than the pinned one: %s",
  async (name, address, message) => {
    const pins = join(cluster.checkout.root, ".hashistack/known_hosts");
    const right = await readFile(pins, "utf8");
    const { stdout } = await onMachine("server-1", "cat /etc/ssh/ssh_host_*_key.pub");
    const foreign = stdout
      .trim()
      .split("\n")
      .map((key) => `${address},${name} ${key.split(" ").slice(0, 2).join(" ")}`);
    const others = right.split("\n").filter((line) => line !== "" && !line.startsWith(address));
    const said = await refusalWhile(
      () => writeFile(pins, `${[...others, ...foreign].join("\n")}\n`),
      () => writeFile(pins, right),
    );
    expect(said).toContain(message);
    expect(said).toContain(address);
  },
  4 * minute,
);

test(
  "sudo that asks for a password, and one that is wrong",
  async () => {
    await asRoot("server-2", 'echo "ops:pass-of-ops" | chpasswd; echo "ops ALL=(ALL) ALL" >/etc/sudoers.d/zz-test');
    const nothing = async () => {};
    const unset = await refusalWhile(nothing, nothing);
    expect(unset).toContain("host server-2: user ops cannot become root without a password");
    const give = async (password: string) => {
      const { code } = await cluster.typed(
        `pulumi config set --secret --path 'hashistack:ssh.sudoPassword' ${password}`,
      );
      expect(code).toBe(0);
    };
    // The right one is used from then on.
    const wrong = await refusalWhile(
      () => give("wrong-password-of-ops"),
      () => give("pass-of-ops"),
    );
    expect(wrong).toContain("host server-2: sudo does not take the password that the stack has for user ops");
    expect(wrong).not.toContain("wrong-password-of-ops");
  },
  4 * minute,
);

test.each([
  ["client-1", "host client-1: no SSH at 10.77.0.21:22. Is the machine up, is the address right"],
  // With its images in the state, Pulumi meets its silence before the program could explain it.
  ["client-3", "no engine answers at ssh://ops@10.77.0.23"],
])(
  "a machine that does not answer: %s",
  async (name, message) => {
    const said = await refusalWhile(
      () => stopMachine(name),
      () => startMachine(name, say),
    );
    expect(said).toContain(message);
  },
  4 * minute,
);

test("make clean keeps its hands off a passphrase that values of the stack's file need", async () => {
  const { code, output } = await cluster.checkout.sh("make clean STACK=prod");
  expect(code).not.toBe(0);
  expect(output).toContain("Pulumi.prod.yaml holds values that are encrypted with the passphrase of this checkout");
  expect((await cluster.typed("pulumi stack ls")).output).toContain("prod");
});

test(
  "with all of it out of the way, the same command brings the cluster up",
  async () => {
    expect(await cluster.up()).toContain("Stack prod is up.");
  },
  6 * minute,
);

test(
  "data that a later version wrote: the agents that run are left alone",
  async () => {
    const mark = (version: string) =>
      asRoot("server-3", `sed -i "s/^version=.*/version=${version}/" /var/lib/consul-server/.hashistack`);
    const said = await refusalWhile(
      async () => {
        await mark("99.0.0");
        await cluster.edit("hashistack:consul:\n", "hashistack:consul:\n    logLevel: warn\n");
      },
      () => mark(pinnedVersion("consul")),
    );
    expect(said).toMatch(
      /host server-3: \/var\/lib\/consul-server was written by consul 99\.0\.0; consul [\d.]+ may not/,
    );
    expect(await runs("server-3", "consul")).toBe(true);
    expect(await cluster.up()).toContain("Stack prod is up.");
  },
  6 * minute,
);
