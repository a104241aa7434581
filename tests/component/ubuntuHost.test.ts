import * as pulumi from "@pulumi/pulumi";
import type { AgentSpec } from "../../components/hosts/host";
import type { SshSecrets, UbuntuSubstrate } from "../../components/hosts/plan";
import { libraryFiles } from "../../components/hosts/ubuntu/prepare";
import { renderStdin } from "../../components/hosts/ubuntu/script";
import { UbuntuHost } from "../../components/hosts/ubuntu/ubuntuHost";
import { MockEngine } from "../support/mockEngine";
import { consul as agent } from "../unit/hosts/agents";

const substrate: UbuntuSubstrate = {
  kind: "ubuntu",
  ssh: { address: "10.0.0.1", port: 22, user: "ops", agent: false, hostKey: "ssh-ed25519 AAAAhost" },
  software: {
    source: "zip",
    hashicorpReleases: "https://releases.example",
    fabioReleases: "https://fabio.example",
    apt: { url: "https://apt.example", suite: "noble", component: "main" },
    pinned: {},
  },
  docker: false,
  registryMirrors: [],
  consulDnsPort: 8600,
  keepData: false,
};

class Gone extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Gone", name, {});
  }
}

class Other extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Other", name);
    this.registerOutputs({});
  }
}

/** How a secret looks among the inputs of a registration; read back, it spreads to the whole input that it is part of. */
function secret(value: unknown): unknown {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

async function run(spec: AgentSpec, secrets: SshSecrets = { privateKey: "the private key" }, ssh = substrate.ssh) {
  const engine = await MockEngine.start(pulumi);
  const host = new UbuntuHost(
    "u1",
    { hostName: "u1", cluster: "prod", substrate: { ...substrate, ssh }, secrets },
    { parent: new Other("site") },
  );
  const running = host.run(spec, { parent: new Other("part"), dependsOn: [new Gone("before")] });
  await engine.settled();
  return { engine, running };
}

const connection = secret({
  host: "10.0.0.1",
  port: 22,
  user: "ops",
  hostKey: "ssh-ed25519 AAAAhost",
  privateKey: "the private key",
  dialErrorLimit: 5,
  perDialTimeout: 10,
});

test("a host is a machine that one command prepares, and one agent is one command after it", async () => {
  const { engine } = await run({ ...agent, protect: true });
  expect(engine.get("UbuntuHost", "u1")).toMatchObject({
    parent: "test:index:Other::site",
    outputs: { name: "u1" },
  });
  const prepare = engine.get("Command", "u1-prepare");
  expect(prepare).toEqual({
    type: "command:remote:Command",
    name: "u1-prepare",
    custom: true,
    parent: "hashistack:hosts:UbuntuHost::u1",
    dependencies: [],
    inputs: {
      connection,
      create: expect.stringContaining("\nprepare_host\n"),
      delete: expect.stringContaining("\nrelease_host\n"),
      stdin: renderStdin(undefined, libraryFiles()),
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    deleteBeforeReplace: true,
    replaceOnChanges: ["triggers[*]"],
    protect: false,
  });
  expect(engine.get("Command", "u1-consul-server")).toEqual({
    type: "command:remote:Command",
    name: "u1-consul-server",
    custom: true,
    parent: "test:index:Other::part",
    dependencies: ["command:remote:Command::u1-prepare", "test:index:Gone::before"],
    inputs: {
      connection,
      create: expect.stringContaining("\ninstall_agent\n"),
      delete: expect.stringContaining("\nremove_agent\n"),
      stdin: secret(`tls/key.pem ${Buffer.from("the key").toString("base64")}\nend\n`),
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    deleteBeforeReplace: true,
    replaceOnChanges: ["triggers[*]"],
    // Its data goes with it.
    protect: true,
  });
});

test("plain files stand in the command as they are, secret ones do not stand in it at all", async () => {
  const { engine } = await run(agent);
  const { create, delete: remove } = engine.get("Command", "u1-consul-server").inputs;
  expect(create).toContain(`file consul.json <<'END'\n{ "data_dir": "/var/lib/consul-server" }\nEND\n`);
  for (const text of [create, remove]) {
    expect(text).not.toContain("the key");
    expect(text).not.toContain(Buffer.from("the key").toString("base64"));
    expect(text).not.toContain("the private key");
  }
});

test("what an agent is known by is what its script prints, and no secret", async () => {
  const { running } = await run(agent);
  expect(await promise(running.id)).toBe("digest 2026-01-01T00:00:00.000Z");
  expect(await (running.id as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(false);
});

test("a password for sudo is the first line of every command's input, and a secret there", async () => {
  const { engine } = await run(agent, { privateKey: "the private key", sudoPassword: "pass'word" });
  for (const { inputs } of engine.all("Command")) {
    expect(inputs.stdin).toEqual(secret(expect.stringMatching(/^pass'word\n/)));
    expect(inputs.create).toContain("\npassword=yes\n");
    expect(inputs.delete).toContain("\npassword=yes\n");
    expect(`${inputs.create}${inputs.delete}`).not.toContain("pass'word");
  }
});

test("a bastion, an agent's keys and a waived host key are settings of the connection", async () => {
  const bastion = { address: "198.51.100.1", port: 2222, user: "jump", agent: true, hostKey: "ssh-ed25519 AAAAjump" };
  const ssh = { address: "10.0.0.1", port: 22, user: "ops", agent: true, bastion };
  const { engine } = await run(agent, { privateKey: "unused" }, ssh);
  expect(engine.get("Command", "u1-prepare").inputs.connection).toEqual(
    secret({
      host: "10.0.0.1",
      port: 22,
      user: "ops",
      dialErrorLimit: 5,
      perDialTimeout: 10,
      proxy: {
        host: "198.51.100.1",
        port: 2222,
        user: "jump",
        hostKey: "ssh-ed25519 AAAAjump",
        dialErrorLimit: 5,
        perDialTimeout: 10,
      },
    }),
  );
});

test("a connection that fails is explained in words of the host, what the machine says itself is left alone", async () => {
  const { engine } = await run(agent);
  const hook = engine.errorHooks.get("u1-connection");
  const said = jest.spyOn(pulumi.log, "error").mockImplementation(async () => {});
  const failure = (error: string) =>
    hook?.({ urn: "", id: "", name: "u1-prepare", type: "", failedOperation: "create", errors: [error, "before"] });
  expect(await failure("dial ops@10.0.0.1:22: connect ECONNREFUSED 10.0.0.1:22")).toBe(false);
  // Of several that fail alike, once is enough.
  expect(await failure("dial ops@10.0.0.1:22: connect ECONNREFUSED 10.0.0.1:22")).toBe(false);
  expect(said.mock.calls).toEqual([[expect.stringMatching(/^host u1: no SSH at 10\.0\.0\.1:22\./), expect.anything()]]);
  said.mockClear();
  expect(await failure('Process exited with status 1: running "true":\nhost u1: connection refused')).toBe(false);
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
});

test("two agents that would be one service are a mistake of the program, said with the host's name", async () => {
  const engine = await MockEngine.start(pulumi);
  const host = new UbuntuHost("u1", { hostName: "u1", cluster: "prod", substrate, secrets: {} });
  host.run(agent, {});
  expect(() => host.run({ ...agent, name: "consul-client" }, {})).toThrow(
    "host u1: consul-client and consul-server would both be consul.service",
  );
  await engine.settled();
});

function promise<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
