import * as pulumi from "@pulumi/pulumi";
import { DockerHost } from "../../components/hosts/dockerHost";
import type { AgentSpec } from "../../components/hosts/host";
import { MockEngine } from "../support/mockEngine";

const hostArgs = {
  hostName: "m1",
  cluster: "prod",
  endpoint: "tcp://10.0.0.1:2375",
  images: ["fabiolb/fabio:1.7.2", "mirror.example:5000/nomad:1.11.3", "fabiolb/fabio:1.7.2"],
};

const agent: AgentSpec = {
  name: "fabio",
  image: "fabiolb/fabio:1.7.2",
  command: ["fabio", "-cfg", "/etc/fabio.properties"],
  files: [{ path: "/etc/fabio.properties", content: (data) => `data = ${data}\n` }],
  durable: false,
};

const runner: AgentSpec = {
  ...agent,
  name: "nomad-client",
  image: "mirror.example:5000/nomad:1.11.3",
  durable: true,
  runsTasks: { label: "com.hashicorp.nomad.node_name", owner: "m1" },
};

class Other extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Other", name);
    this.registerOutputs({});
  }
}

/** A host that runs one agent under a parent and behind a dependency of its own. */
async function run(spec: AgentSpec, preview = false): Promise<MockEngine> {
  const engine = await MockEngine.start(pulumi, { preview });
  const before = new Gone("before");
  const host = new DockerHost("m1", hostArgs, { parent: new Other("site") });
  host.run(spec, { parent: new Other("part"), dependsOn: [before] });
  await engine.settled();
  return engine;
}

/** Any custom resource. */
class Gone extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Gone", name, {});
  }
}

const labels = (name: string) => [
  { label: "hashistack.agent", value: name },
  { label: "hashistack.cluster", value: "prod" },
  { label: "hashistack.host", value: "m1" },
];

const engineProvider = "pulumi:providers:docker::m1-engine";
const part = "test:index:Other::part";

test("a host is an engine and the images that it will run, each once", async () => {
  const engine = await run(agent);
  expect(engine.get("docker", "m1-engine")).toMatchObject({
    parent: "hashistack:hosts:DockerHost::m1",
    inputs: { host: "tcp://10.0.0.1:2375" },
  });
  expect(
    engine.all("RemoteImage").map(({ name, inputs, provider, parent }) => ({ name, inputs, provider, parent })),
  ).toEqual(
    [
      ["m1-fabio-image", "fabiolb/fabio:1.7.2"],
      ["m1-nomad-image", "mirror.example:5000/nomad:1.11.3"],
    ].map(([name, reference]) => ({
      name,
      inputs: { name: reference, keepLocally: true },
      provider: engineProvider,
      parent: "hashistack:hosts:DockerHost::m1",
    })),
  );
  expect(engine.get("DockerHost", "m1")).toMatchObject({
    parent: "test:index:Other::site",
    outputs: {
      name: "m1",
      imageIds: {
        "fabiolb/fabio:1.7.2": "sha256:fabiolb/fabio:1.7.2",
        "mirror.example:5000/nomad:1.11.3": "sha256:mirror.example:5000/nomad:1.11.3",
      },
    },
  });
});

test("an agent is a container on the host's network, replaced rather than doubled", async () => {
  const engine = await run(agent);
  expect(engine.get("Container", "m1-fabio")).toEqual({
    type: "docker:index/container:Container",
    name: "m1-fabio",
    custom: true,
    parent: part,
    provider: engineProvider,
    dependencies: ["docker:index/remoteImage:RemoteImage::m1-fabio-image", "test:index:Gone::before"],
    inputs: {
      name: "prod-m1-fabio",
      image: "sha256:fabiolb/fabio:1.7.2",
      entrypoints: ["fabio"],
      command: ["-cfg", "/etc/fabio.properties"],
      networkMode: "host",
      restart: "unless-stopped",
      destroyGraceSeconds: 30,
      labels: labels("fabio"),
      uploads: [{ file: "/etc/fabio.properties", content: "data = /var/lib/agent\n" }],
      mounts: [],
    },
    deleteBeforeReplace: true,
    replaceOnChanges: ["mounts"],
  });
  expect(engine.all("Volume")).toEqual([]);
  expect(engine.all("Command")).toEqual([]);
});

test("an agent that keeps data has a volume that outlives its container", async () => {
  const engine = await run({ ...agent, durable: true });
  expect(engine.get("Volume", "m1-fabio-data")).toMatchObject({
    parent: part,
    provider: engineProvider,
    inputs: { name: "prod-m1-fabio-data", labels: labels("fabio") },
  });
  const container = engine.get("Container", "m1-fabio");
  expect(container.inputs.mounts).toEqual([{ type: "volume", source: "prod-m1-fabio-data", target: "/var/lib/agent" }]);
  expect(container.dependencies).toContain("docker:index/volume:Volume::m1-fabio-data");
});

const mountpoint = "/var/lib/docker/volumes/prod-m1-nomad-client-data/_data";

test("an agent that starts tasks gets what that takes: its data where the engine sees it, the socket, two capabilities", async () => {
  const { inputs, dependencies } = (await run(runner)).get("Container", "m1-nomad-client");
  expect(inputs).toEqual({
    name: "prod-m1-nomad-client",
    image: "sha256:mirror.example:5000/nomad:1.11.3",
    entrypoints: ["fabio"],
    command: ["-cfg", "/etc/fabio.properties"],
    networkMode: "host",
    restart: "unless-stopped",
    destroyGraceSeconds: 30,
    labels: labels("nomad-client"),
    uploads: [{ file: "/etc/fabio.properties", content: `data = ${mountpoint}\n` }],
    capabilities: { adds: ["CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"] },
    securityOpts: ["apparmor=unconfined", "seccomp=unconfined"],
    mounts: [
      { type: "bind", source: "/sys/fs/cgroup", target: "/sys/fs/cgroup" },
      { type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
      { type: "bind", source: mountpoint, target: mountpoint, bindOptions: { propagation: "rshared" } },
    ],
  });
  // The sweep is deleted after the container and before the volume.
  expect(dependencies).toEqual([
    "command:local:Command::m1-nomad-client-tasks-sweep",
    "docker:index/remoteImage:RemoteImage::m1-nomad-image",
    "docker:index/volume:Volume::m1-nomad-client-data",
    "test:index:Gone::before",
  ]);
});

test("its sweep does nothing but when the host goes for good", async () => {
  const engine = await run(runner);
  const sweep = engine.get("Command", "m1-nomad-client-tasks-sweep");
  expect(engine.get("TaskSweep", "m1-nomad-client-tasks")).toMatchObject({ parent: part });
  expect(sweep).toMatchObject({
    parent: "hashistack:hosts:TaskSweep::m1-nomad-client-tasks",
    dependencies: ["docker:index/volume:Volume::m1-nomad-client-data"],
    inputs: {
      create: "true",
      environment: {
        DOCKER_HOST: "tcp://10.0.0.1:2375",
        TASK_LABEL: "com.hashicorp.nomad.node_name=m1",
        TASK_IMAGE: "mirror.example:5000/nomad:1.11.3",
        TASK_DATA: mountpoint,
      },
      addPreviousOutputInEnv: false,
    },
  });
  expect(sweep.inputs).not.toHaveProperty("update");
  expect(sweep.inputs).not.toHaveProperty("triggers");
  expect(sweep.inputs.delete).toContain('docker ps --all --quiet --filter "label=$TASK_LABEL"');
});

test("a preview, where nothing is known of a volume or an image, registers the same resources", async () => {
  const names = async (preview: boolean) =>
    (await run(runner, preview)).registered.map(({ type, name }) => `${type}::${name}`).sort();
  expect(await names(true)).toEqual(await names(false));
});

test("an image that the host was not told of is a mistake of the program, said with the host's name", async () => {
  const engine = await MockEngine.start(pulumi);
  const host = new DockerHost("m1", hostArgs);
  expect(() => host.run({ ...agent, image: "redis:7" }, {})).toThrow("host m1 was not told of the image redis:7");
  await engine.settled();
});
