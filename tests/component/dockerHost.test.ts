import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DockerHost, type DockerHostArgs } from "../../components/hosts/dockerHost";
import type { AgentSpec } from "../../components/hosts/host";
import { MockEngine } from "../support/mockEngine";

const hostArgs: DockerHostArgs = {
  hostName: "m1",
  cluster: "prod",
  substrate: { kind: "docker", endpoint: "tcp://10.0.0.1:2375" },
  secrets: {},
  images: ["fabiolb/fabio:1.7.2", "mirror.example:5000/nomad:1.11.3", "fabiolb/fabio:1.7.2"],
};

const agent: AgentSpec = {
  name: "fabio",
  image: "fabiolb/fabio:1.7.2",
  product: "fabio",
  version: "1.7.2",
  arguments: ({ configuration }) => ["-cfg", `${configuration}/fabio.properties`],
  files: [{ name: "fabio.properties", content: ({ data }) => `data = ${data}\n` }],
  secretFiles: [],
  durable: false,
};

const runner: AgentSpec = {
  ...agent,
  name: "nomad-client",
  image: "mirror.example:5000/nomad:1.11.3",
  durable: true,
  runsTasks: { label: "com.hashicorp.nomad.node_name", owner: "m1", drivers: ["docker", "exec"] },
};

class Other extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Other", name);
    this.registerOutputs({});
  }
}

/** A host that runs one agent under a parent and behind a dependency of its own. */
async function run(spec: AgentSpec, preview = false, args = hostArgs): Promise<MockEngine> {
  const engine = await MockEngine.start(pulumi, { preview });
  const before = new Gone("before");
  const host = new DockerHost("m1", args, { parent: new Other("site") });
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

/** How a secret looks among the inputs of a registration; read back, it spreads to the whole input that it is part of. */
function secret(value: unknown): unknown {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
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
      command: ["-cfg", "/etc/fabio.d/fabio.properties"],
      networkMode: "host",
      restart: "unless-stopped",
      destroyGraceSeconds: 30,
      labels: labels("fabio"),
      uploads: [{ file: "/etc/fabio.d/fabio.properties", content: "data = /var/lib/agent\n" }],
      mounts: [],
    },
    deleteBeforeReplace: true,
    replaceOnChanges: ["mounts"],
    protect: false,
  });
  expect(engine.all("Volume")).toEqual([]);
  expect(engine.all("Command")).toEqual([]);
});

test("an agent that keeps data has a volume that outlives its container", async () => {
  const engine = await run({ ...agent, durable: true, protect: true });
  expect(engine.get("Volume", "m1-fabio-data")).toMatchObject({
    parent: part,
    protect: true,
    provider: engineProvider,
    inputs: { name: "prod-m1-fabio-data", labels: labels("fabio") },
  });
  const container = engine.get("Container", "m1-fabio");
  expect(container.inputs.mounts).toEqual([{ type: "volume", source: "prod-m1-fabio-data", target: "/var/lib/agent" }]);
  expect(container.dependencies).toContain("docker:index/volume:Volume::m1-fabio-data");
  // A new version replaces the container; the data stays.
  expect(container.protect).toBe(false);
});

const mountpoint = "/var/lib/docker/volumes/prod-m1-nomad-client-data/_data";

test("an agent that starts tasks gets what that takes: its data where the engine sees it, the socket, two capabilities", async () => {
  const { inputs, dependencies } = (await run(runner)).get("Container", "m1-nomad-client");
  expect(inputs).toEqual({
    name: "prod-m1-nomad-client",
    image: "sha256:mirror.example:5000/nomad:1.11.3",
    entrypoints: ["fabio"],
    command: ["-cfg", "/etc/nomad-client.d/fabio.properties"],
    networkMode: "host",
    restart: "unless-stopped",
    destroyGraceSeconds: 30,
    labels: labels("nomad-client"),
    uploads: [{ file: "/etc/nomad-client.d/fabio.properties", content: `data = ${mountpoint}\n` }],
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
  expect(sweep.inputs.delete).toContain('engine ps --all --quiet --filter "label=$TASK_LABEL"');
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

test("secret files go in beside the others, readable by the agent only and secret in the state", async () => {
  const engine = await run({
    ...agent,
    secretFiles: [{ name: "tls/key.pem", content: pulumi.secret("the key") }],
  });
  expect(engine.get("Container", "m1-fabio").inputs.uploads).toEqual(
    secret([
      { file: "/etc/fabio.d/fabio.properties", content: "data = /var/lib/agent\n" },
      { file: "/etc/fabio.d/tls/key.pem", content: "the key", permissions: "0600" },
    ]),
  );
});

test("an engine at tcp:// is given certificates, and so is the sweep", async () => {
  const tls = { caFile: "/keys/ca.pem", certFile: "/keys/cert.pem", keyFile: "/keys/key.pem" };
  const engine = await run(runner, false, {
    ...hostArgs,
    substrate: { kind: "docker", endpoint: "tcp://10.0.0.1:2376", tls },
    secrets: { engine: { ca: "the ca", cert: "the cert", key: "the key" } },
  });
  expect(engine.get("docker", "m1-engine").inputs).toEqual({
    host: "tcp://10.0.0.1:2376",
    caMaterial: "the ca",
    certMaterial: "the cert",
    keyMaterial: secret("the key"),
  });
  const sweep = engine.get("Command", "m1-nomad-client-tasks-sweep");
  expect(sweep.inputs.environment).toMatchObject({
    DOCKER_HOST: "tcp://10.0.0.1:2376",
    TLS_CA: "/keys/ca.pem",
    TLS_CERT: "/keys/cert.pem",
    TLS_KEY: "/keys/key.pem",
  });
  expect(sweep.inputs.delete).toContain('docker --tlsverify --tlscacert "$TLS_CA"');
});

describe("an engine at ssh://", () => {
  const before = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "docker-ssh-"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  const overSsh: DockerHostArgs = {
    ...hostArgs,
    substrate: {
      kind: "docker",
      endpoint: "ssh://ops@10.0.0.1:2222",
      ssh: { address: "10.0.0.1", port: 2222, user: "ops", agent: false, hostKey: "ssh-ed25519 AAAAhost" },
    },
    secrets: { privateKey: "the private key" },
  };

  test("is reached with the pinned host key and the key of the stack, and by no other way", async () => {
    const engine = await run(agent, false, overSsh);
    const options = [
      "BatchMode=yes",
      "ConnectTimeout=10",
      "ConnectionAttempts=3",
      "ServerAliveInterval=15",
      "StrictHostKeyChecking=yes",
      "UserKnownHostsFile=.hashistack/ssh/prod/m1/host.known_hosts",
      "GlobalKnownHostsFile=/dev/null",
      "IdentitiesOnly=yes",
      "IdentityFile=.hashistack/ssh/prod/m1/host.key",
    ];
    expect(engine.get("docker", "m1-engine").inputs).toEqual({
      host: "ssh://ops@10.0.0.1:2222",
      // Providers get their settings as JSON.
      sshOpts: JSON.stringify(["-F", "/dev/null", ...options.flatMap((option) => ["-o", option])]),
    });
    expect(readFileSync(".hashistack/ssh/prod/m1/host.known_hosts", "utf8")).toBe(
      "[10.0.0.1]:2222 ssh-ed25519 AAAAhost\n",
    );
    expect(readFileSync(".hashistack/ssh/prod/m1/host.key", "utf8")).toBe("the private key\n");
    expect(statSync(".hashistack/ssh/prod/m1/host.key").mode & 0o777).toBe(0o600);
    expect(statSync(".hashistack/ssh/prod/m1").mode & 0o777).toBe(0o700);
  });

  test("has its failed connections explained", async () => {
    expect([...(await run(agent, false, overSsh)).errorHooks.keys()]).toEqual(["m1-connection"]);
    expect([...(await run(agent)).errorHooks.keys()]).toEqual([]);
  });

  test("is swept over there, since the local docker command knows none of that", async () => {
    const engine = await run(runner, false, overSsh);
    const sweep = engine.get("Command", "m1-nomad-client-tasks-sweep");
    expect(sweep).toMatchObject({
      type: "command:remote:Command",
      parent: "hashistack:hosts:TaskSweep::m1-nomad-client-tasks",
      dependencies: ["docker:index/volume:Volume::m1-nomad-client-data"],
      inputs: {
        create: "true",
        addPreviousOutputInEnv: false,
        connection: secret({
          host: "10.0.0.1",
          port: 2222,
          user: "ops",
          hostKey: "ssh-ed25519 AAAAhost",
          privateKey: "the private key",
          dialErrorLimit: 5,
          perDialTimeout: 10,
        }),
      },
    });
    expect(sweep.inputs).not.toHaveProperty("environment");
    expect(sweep.inputs.delete).toMatch(/^timeout 120 \/bin\/sh -s <<'END'\n/);
    expect(sweep.inputs.delete).toContain(`TASK_DATA='${mountpoint}'\n`);
    expect(sweep.inputs.delete).toContain("TASK_LABEL='com.hashicorp.nomad.node_name=m1'\n");
  });
});
