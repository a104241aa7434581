import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { busyboxImage } from "./support/busyboxImage";
import { PulumiProject } from "./support/pulumiProject";
import { pulumiCommand } from "./support/tools";

jest.setTimeout(180_000);

const IMAGE = "hs-test-docker-plugin:1";
const engine = new Docker({ socketPath: "/var/run/docker.sock" });
let project: PulumiProject;
let imageId: string;

beforeAll(async () => {
  await removeOurs();
  await busyboxImage(IMAGE);
  // By its id: a name differs from what the engine reports, and so replaces the container in every run.
  imageId = (await engine.getImage(IMAGE).inspect()).Id;
  project = await PulumiProject.create("hs-test-docker", await pulumiCommand(), [
    { kind: "resource", name: "docker", version: "5.2.0" },
  ]);
});

afterAll(async () => {
  await project?.dispose();
  await removeOurs();
  await engine.getImage(IMAGE).remove({ force: true });
});

async function ours() {
  const { Volumes: volumes } = await engine.listVolumes();
  return {
    containers: (await engine.listContainers({ all: true }))
      .flatMap((c) => c.Names)
      .filter((n) => n.startsWith("/hs-test-dp")),
    volumes: volumes.map((v) => v.Name).filter((n) => n.startsWith("hs-test-dp")),
    networks: (await engine.listNetworks()).map((n) => n.Name).filter((n) => n.startsWith("hs-test-dp")),
  };
}

async function removeOurs(): Promise<void> {
  const { containers, volumes, networks } = await ours();
  for (const name of containers) await engine.getContainer(name.slice(1)).remove({ force: true });
  for (const name of volumes) await engine.getVolume(name).remove({ force: true });
  for (const name of networks) await engine.getNetwork(name).remove();
}

async function exec(name: string, ...command: string[]): Promise<string> {
  const started = await engine.getContainer(name).exec({ Cmd: command, AttachStdout: true, Tty: true });
  const stream = await started.start({ Tty: true });
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text.trim();
}

const up = (...more: string[]) => project.run(["up", "--yes", "--skip-preview", ...more]);
const failedUp = async () => {
  const { code, text } = await project.attempt(["up", "--yes", "--skip-preview"]);
  expect(code).not.toBe(0);
  return text;
};

/** Like an agent of the stack: host networking, files, mounts, capabilities, a volume, a health check. */
const stack = (conf: string, more = "") => `
  const image = new docker.RemoteImage("image", { name: "${IMAGE}", keepLocally: true });
  const data = new docker.Volume("data", { name: "hs-test-dp-data", labels: [{ label: "b", value: "1" }, { label: "a", value: "2" }] });
  const net = new docker.Network("net", { name: "hs-test-dp-net", ipamConfigs: [{ subnet: "172.31.251.0/24" }] });
  const agent = new docker.Container("agent", {
    name: "hs-test-dp-agent",
    image: image.imageId,
    command: ["sh", "-c", "cat /etc/agent.conf; echo run >> /data/runs; exec sleep 1000"],
    networkMode: "host",
    uploads: [{ file: "/etc/agent.conf", content: ${conf}, permissions: "0640" }],
    mounts: [{ type: "bind", source: "/tmp", target: "/host", bindOptions: { propagation: "rprivate" } }],
    volumes: [{ volumeName: data.name, containerPath: "/data" }],
    capabilities: { adds: ["NET_ADMIN", "CHOWN"] },
    labels: [{ label: "b", value: "1" }, { label: "a", value: "2" }],
    envs: ["B=2", "A=1"],
    restart: "unless-stopped",
    destroyGraceSeconds: 1,
    wait: true,
    healthcheck: { tests: ["CMD", "test", "-e", "/etc/agent.conf"], interval: "1000ms", timeout: "1s", retries: 3 },
    ${more}
  });
  const inNet = new docker.Container("hs-test-dp-auto", {
    image: image.imageId,
    networksAdvanced: [{ name: net.id, aliases: ["other"], ipv4Address: "172.31.251.7" }],
    ports: [{ internal: 81, ip: "127.0.0.1" }, { internal: 80, ip: "127.0.0.1", protocol: "udp" }],
    ulimits: [{ name: "nofile", soft: 512, hard: 1024 }],
    memory: 64,
  });
  exports.ports = inNet.ports;
`;

describe("a stack of containers", () => {
  test("comes up", async () => {
    await project.program(stack('"one"'));
    const preview = await project.run(["preview"]);
    expect(preview).toMatch(/ports: \[unknown\]/);
    const said = await up();
    expect(said).toContain("6 created");
    expect(await exec("hs-test-dp-agent", "cat", "/etc/agent.conf", "/data/runs")).toMatch(/^onerun$/);
    expect(await exec("hs-test-dp-agent", "ls", "-l", "/etc/agent.conf")).toMatch(/^-rw-r-----/);
    const inspect = await engine.getContainer("hs-test-dp-agent").inspect();
    expect(inspect.State.Health?.Status).toBe("healthy");
    expect(inspect.HostConfig).toMatchObject({ NetworkMode: "host", RestartPolicy: { Name: "unless-stopped" } });
    expect(Object.keys(inspect.Config.Labels)).toEqual(["a", "b"]);
  });

  test("is recorded as the official plugin records it", async () => {
    const state = await project.state();
    const image = state.image;
    expect(image?.id).toBe(`${image?.outputs.imageId}${IMAGE}`);
    const { agent, "hs-test-dp-auto": auto } = state;
    expect(agent?.inputs.__defaults).toEqual(
      "attach containerReadRefreshTimeoutMilliseconds logs memoryReservation mustRun readOnly removeVolumes rm start stdinOpen tty waitTimeout".split(
        " ",
      ),
    );
    expect(agent?.inputs.labels).toEqual([
      { __defaults: [], label: "b", value: "1" },
      { __defaults: [], label: "a", value: "2" },
    ]);
    expect(agent?.outputs).toMatchObject({
      __meta: '{"schema_version":"2"}',
      attach: false,
      capabilities: { adds: ["CHOWN", "NET_ADMIN"], drops: [] },
      envs: ["A=1", "B=2"],
      healthcheck: { interval: "1s", timeout: "1s" },
      id: agent?.id,
      image: image?.outputs.imageId,
      labels: [
        { label: "a", value: "2" },
        { label: "b", value: "1" },
      ],
      networkDatas: [{ networkName: "host" }],
      ports: [],
      runtime: "runc",
    });
    expect(auto?.inputs.name).toMatch(/^hs-test-dp-auto-[0-9a-f]{7}$/);
    expect(auto?.outputs.networkDatas).toMatchObject([{ ipAddress: "172.31.251.7", networkName: "hs-test-dp-net" }]);
    expect(auto?.outputs.ports).toMatchObject([
      { internal: 81, external: expect.any(Number), ip: "127.0.0.1", protocol: "tcp" },
      { internal: 80, external: expect.any(Number), ip: "127.0.0.1", protocol: "udp" },
    ]);
  });

  test("does not change when nothing changed, also after a refresh", async () => {
    const before = await project.state();
    expect(await up()).toContain("6 unchanged");
    expect(await up("--refresh")).toContain("6 unchanged");
    expect(await project.run(["refresh", "--yes", "--skip-preview"])).toContain("6 unchanged");
    expect(await project.run(["preview", "--expect-no-changes"])).toContain("6 unchanged");
    const after = await project.state();
    expect(after.agent?.outputs).toEqual(before.agent?.outputs);
    expect(after.agent?.inputs).toEqual(before.agent?.inputs);
  });

  test("replaces a container whose upload changed, and keeps its volume", async () => {
    await project.program(stack('"two"'));
    expect(await project.run(["preview", "--diff"])).toMatch(/\+-docker:index\/container:Container: \(replace\)/);
    expect(await up()).toMatch(/1 replaced\n\s+5 unchanged/);
    expect(await exec("hs-test-dp-agent", "cat", "/etc/agent.conf", "/data/runs")).toMatch(/^tworun\s+run$/);
  });

  test("a new restart policy and limit change the living container", async () => {
    const { Id: before } = await engine.getContainer("hs-test-dp-agent").inspect();
    await project.program(stack('"two"', "memory: 32, memorySwap: 32,").replace("unless-stopped", "no"));
    expect(await up()).toContain("1 updated");
    const after = await engine.getContainer("hs-test-dp-agent").inspect();
    expect(after.Id).toBe(before);
    expect(after.HostConfig.RestartPolicy?.Name).toBe("no");
    expect(after.HostConfig.Memory).toBe(32 * 1024 * 1024);
  });

  test("a changed health check says that the container keeps its own", async () => {
    await project.program(
      stack('"two"', "memory: 32, memorySwap: 32,").replace("unless-stopped", "no").replace("retries: 3", "retries: 9"),
    );
    const said = await up();
    expect(said).toContain("1 updated");
    expect(said).toMatch(/healthcheck changed, but a container keeps it.*replaceOnChanges: \["healthcheck"\]/);
    expect(await up()).toContain("6 unchanged");
  });

  test("a killed container shows on refresh and is started again", async () => {
    const container = engine.getContainer("hs-test-dp-agent");
    await container.kill();
    const { Id: before } = await container.inspect();
    const seen = await project.run(["refresh", "--yes", "--skip-preview", "--diff"]);
    expect(seen).toContain("1 updated");
    expect(seen).toMatch(/mustRun\s*: true => false/);
    expect(await up()).toContain("1 updated");
    const after = await container.inspect();
    expect(after.State.Running).toBe(true);
    expect(after.Id).toBe(before);
    expect(await up("--refresh")).toContain("6 unchanged");
  });

  test("a removed container, volume or network is made again", async () => {
    await engine.getContainer("hs-test-dp-agent").remove({ force: true });
    await engine.getVolume("hs-test-dp-data").remove();
    expect(await up("--refresh")).toMatch(/2 created/);
    expect(await exec("hs-test-dp-agent", "cat", "/data/runs")).toBe("run");
  });

  test("leaves nothing behind", async () => {
    expect(await project.run(["destroy", "--yes", "--skip-preview"])).toContain("6 deleted");
    expect(await ours()).toEqual({ containers: [], volumes: [], networks: [] });
    await engine.getImage(IMAGE).inspect();
  });

  test("what somebody else removed is no obstacle to a destroy", async () => {
    await project.program(stack('"one"'));
    await up();
    await removeOurs();
    expect(await project.run(["destroy", "--yes", "--skip-preview"])).toContain("6 deleted");
  });
});

describe("an engine over ssh", () => {
  /** Stands for ssh: tells what it was asked, and answers from this machine. */
  const fakeSsh = async (script: string) => {
    const folder = path.join(project.folder, "bin");
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "ssh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    project.environmentOverrides = { PATH: `${folder}:${process.env.PATH}` };
  };
  const volumes = () =>
    project.program(`
      const provider = new docker.Provider("far", { host: "ssh://root@far:2222", sshOpts: ["-o", "ConnectTimeout=5"] });
      for (const n of [1, 2, 3, 4, 5, 6]) new docker.Volume("v" + n, { name: "hs-test-dp-far" + n }, { provider });
      exports.bridge = docker.getNetworkOutput({ name: "bridge" }, { provider }).driver;
      exports.image = docker.getRemoteImageOutput({ name: "${IMAGE}" }, { provider }).id;`);

  afterAll(async () => {
    project.environmentOverrides = {};
    await project.attempt(["destroy", "--yes", "--skip-preview"]);
    await removeOurs();
  });

  test("many things at once through few connections", async () => {
    await fakeSsh(`echo "$@" >> ${path.join(project.folder, "ssh.log")}\nexec docker system dial-stdio`);
    await volumes();
    const said = await up();
    expect(said).toMatch(/bridge: "bridge"/);
    expect(said).toContain(imageId);
    expect(said).toContain("8 created");
    expect(await up()).toContain("8 unchanged");
    expect(await project.run(["destroy", "--yes", "--skip-preview"])).toContain("8 deleted");
    const asked = (await readFile(path.join(project.folder, "ssh.log"), "utf8")).trim().split("\n");
    expect(new Set(asked)).toEqual(new Set(["-o ConnectTimeout=5 -l root -p 2222 -T -- far docker system dial-stdio"]));
    expect(asked.length).toBeLessThan(30);
  });

  test("a refusal is told in ssh's own words", async () => {
    await fakeSsh('echo "root@far: Permission denied (publickey)." >&2; exit 255');
    await volumes();
    expect(await failedUp()).toMatch(/no engine answers at ssh:\/\/root@far:2222: .*Permission denied \(publickey\)/);
  });
});

describe("what goes wrong", () => {
  const one = (settings: string) =>
    project.program(`
      new docker.Container("one", { name: "hs-test-dp-one", image: "${imageId}", ${settings} });`);

  afterEach(async () => {
    await project.attempt(["destroy", "--yes", "--skip-preview"]);
    await removeOurs();
  });

  test("a container that exits at once: its last lines, and no trace of it", async () => {
    await one('command: ["sh", "-c", "echo no configuration >&2; exit 3"]');
    const said = await failedUp();
    expect(said).toMatch(/container exited immediately: hs-test-dp-one \(exit code 3\)/);
    expect(said).toContain("no configuration");
    expect((await ours()).containers).toEqual([]);
    expect((await project.state()).one).toBeUndefined();
    await one("");
    expect(await up()).toContain("1 created");
  });

  test("a container that is not healthy in time: why, and it is repaired or fails again", async () => {
    const health = 'healthcheck: { tests: ["CMD", "sh", "-c", "cat /tmp/ok"], interval: "1s", retries: 2 }';
    await one(`wait: true, waitTimeout: 3, tmpfs: { "/tmp": "" }, ${health}`);
    expect(await failedUp()).toMatch(
      /failed to be in healthy state: hs-test-dp-one is .* after 3 s .*cat: can't open/s,
    );
    expect(await failedUp()).toMatch(/failed to be in healthy state/);
    await exec("hs-test-dp-one", "sh", "-c", "echo fine > /tmp/ok");
    expect(await up()).toMatch(/1 updated/);
    expect(await up()).toContain("2 unchanged");
  });

  test("waiting for a container without a health check", async () => {
    await one("wait: true");
    expect(await failedUp()).toMatch(/`wait` needs a healthcheck/);
  });

  test("a name that is taken", async () => {
    const taken = await engine.createContainer({ name: "hs-test-dp-one", Image: IMAGE });
    await one("");
    const said = await failedUp();
    expect(said).toMatch(/Unable to create container: Error response from daemon: Conflict\. The container name/);
    expect(said).toContain("docker rm -f hs-test-dp-one");
    await taken.inspect();
  });

  test("an image that is nowhere", async () => {
    await project.program('new docker.RemoteImage("none", { name: "127.0.0.1:9/hs-test-none:1" });');
    expect(await failedUp()).toMatch(/unable to pull image 127\.0\.0\.1:9\/hs-test-none:1: .*refused/);
  });

  test("an engine that is not there", async () => {
    await project.program(`
      const provider = new docker.Provider("p", { host: "unix:///nowhere/docker.sock" });
      new docker.Volume("v", { name: "hs-test-dp-v" }, { provider });`);
    expect(await failedUp()).toMatch(/no engine answers at unix:\/\/\/nowhere\/docker.sock: .*ENOENT/);
  });

  test("properties and values that this stand-in does not support are refused by name", async () => {
    await one('gpus: "all", attach: true, uploads: [{ file: "/a", content: "x", owner: "root" }], restart: "maybe"');
    const said = await failedUp();
    expect(said).toMatch(/gpus/);
    expect(said).toMatch(/uploads\[0\]\.owner/);
    await one('attach: true, restart: "maybe"');
    const values = await failedUp();
    expect(values).toMatch(/attaching to a container is not supported/);
    expect(values).toMatch(/"maybe" is not one of/);
    expect((await ours()).containers).toEqual([]);
  });

  test("secret contents stay secret", async () => {
    await one('uploads: [{ file: "/token", content: pulumi.secret("hunter2") }]');
    const said = await up();
    const diff = await project.run(["preview", "--diff"]);
    const exported = await project.run(["stack", "export"]);
    for (const text of [said, diff, exported]) expect(text).not.toContain("hunter2");
    expect(await exec("hs-test-dp-one", "cat", "/token")).toBe("hunter2");
  });

  test("a run killed while it waits: the next one replaces the container it left", async () => {
    const health = 'healthcheck: { tests: ["CMD", "cat", "/nothing"], interval: "1s" }';
    await one(`wait: true, waitTimeout: 100, ${health}`);
    const killer = new AbortController();
    const run = project.attempt(["up", "--yes", "--skip-preview"], { signal: killer.signal });
    while ((await ours()).containers.length === 0) await sleep(100);
    await sleep(500);
    killer.abort();
    await run;
    expect((await ours()).containers).toEqual(["/hs-test-dp-one"]);
    const { Id: left } = await engine.getContainer("hs-test-dp-one").inspect();
    await project.run(["cancel", "--yes"]);
    await one("");
    const said = await up();
    expect(said).toContain("1 created");
    expect(said).toMatch(/removing container hs-test-dp-one, which an interrupted run left behind half made/);
    const { Id: made } = await engine.getContainer("hs-test-dp-one").inspect();
    expect(made).not.toBe(left);
  });
});
