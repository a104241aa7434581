import * as pulumi from "@pulumi/pulumi";
import { ConsulClients, ConsulServers } from "../../components/consul/consulAgents";
import { Fabio } from "../../components/fabio/fabio";
import { createHosts, hostOf } from "../../components/hosts/hosts";
import { NomadClients } from "../../components/nomad/nomadClients";
import { NomadServers } from "../../components/nomad/nomadServers";
import { Security } from "../../components/security/security";
import { imagesByHost } from "../../components/topology";
import { clusterOf, secretsFor, topologyOf } from "../support/configs";
import { MockEngine, type Registered } from "../support/mockEngine";

const raw = clusterOf(3, 2, 2);
const plan = topologyOf(raw);
const timeoutSeconds = 60;

/** What a part is told to wait for. */
class Before extends pulumi.CustomResource {
  constructor() {
    super("test:index:Before", "before", {});
  }
}
const before = "test:index:Before::before";

type Hosts = ReturnType<typeof createHosts>;

interface Shared {
  readonly hosts: Hosts;
  readonly security: Security;
  readonly after: pulumi.Resource[];
  readonly timeoutSeconds: number;
}

async function made(make: (shared: Shared) => void): Promise<MockEngine> {
  const engine = await MockEngine.start(pulumi);
  const hosts = createHosts(plan.hosts, {
    cluster: "hashistack",
    images: imagesByHost(plan),
    secrets: secretsFor(raw).hosts,
  });
  const security = new Security("security", { cluster: "hashistack", plan: plan.cluster.security });
  make({ hosts, security, after: [new Before()], timeoutSeconds });
  await engine.settled();
  return engine;
}

const container = (name: string) => `docker:index/container:Container::${name}`;
const wait = (name: string) => `command:local:Command::${name}-gate-wait`;

/** Dependencies that say what an agent waits for, without its own image, volume and sweep. */
function waitsFor({ dependencies }: Registered): string[] {
  return dependencies.filter((each) => !/RemoteImage|Volume|-sweep$/.test(each));
}

function request(command: Registered): { title: string; timeoutSeconds: number; requirements: unknown[] } {
  return JSON.parse(String(command.inputs.stdin));
}

const ref = (host: string, port: number) => ({ name: host, url: `http://10.0.0.${host.slice(1)}:${port}` });

describe("Consul", () => {
  let servers: ConsulServers;
  let clients: ConsulClients;
  let engine: MockEngine;
  beforeAll(async () => {
    engine = await made((shared) => {
      servers = new ConsulServers("consul", { ...shared, protect: true, servers: plan.consulServers });
      clients = new ConsulClients("clients", {
        ...shared,
        cluster: "prod",
        servers: [],
        clients: plan.consulClients,
        after: servers.ready,
      });
    });
  });

  test("what holds a server's data is protected, and nothing else of it", () => {
    expect(engine.registered.filter(({ protect }) => protect).map(({ name }) => name)).toEqual([
      "s1-consul-server-data",
      "s2-consul-server-data",
      "s3-consul-server-data",
    ]);
  });

  test("servers follow one another, each behind the gate of the one before; then the other agents, all at once", () => {
    expect(Object.fromEntries(engine.all("Container").map((each) => [each.name, waitsFor(each)]))).toEqual({
      "s1-consul-server": [],
      "s2-consul-server": [wait("s1-consul-server")],
      "s3-consul-server": [wait("s2-consul-server")],
      "c1-consul-client": ["command:local:Command::forget-c1", wait("s3-consul-server")],
      "c2-consul-client": ["command:local:Command::forget-c2", wait("s3-consul-server")],
    });
  });

  test("a gate opens anew whenever its server was created anew", () => {
    for (const host of ["s1", "s2", "s3"]) {
      const gate = engine.get("Command", `${host}-consul-server-gate-wait`);
      expect(gate.inputs.triggers).toEqual([`${host}-consul-server-id`]);
      expect(gate.dependencies).toEqual([container(`${host}-consul-server`)]);
      expect(engine.get("Gate", `${host}-consul-server-gate`).parent).toBe("hashistack:consul:ConsulServers::consul");
    }
  });

  test("only the last gate asks for a leader that must be there", () => {
    const servers = ["s1", "s2", "s3"];
    expect(servers.map((host) => request(engine.get("Command", `${host}-consul-server-gate-wait`)))).toEqual(
      servers.map((host) => ({
        title: `Consul server ${host}`,
        timeoutSeconds,
        requirements: [
          {
            kind: "server-joined",
            product: "consul",
            server: ref(host, 8500),
            peers: servers.filter((other) => other !== host).map((other) => ref(other, 8500)),
            last: host === "s3",
          },
        ],
      })),
    );
  });

  test("each agent runs its own file", () => {
    const { inputs } = engine.get("Container", "s2-consul-server");
    expect(inputs).toMatchObject({
      entrypoints: ["consul"],
      command: ["agent", "-config-dir=/etc/consul-server.d"],
    });
    const [upload] = inputs.uploads as [{ file: string; content: string }];
    expect(upload.file).toBe("/etc/consul-server.d/consul.json");
    expect(JSON.parse(upload.content)).toMatchObject({ node_name: "s2", server: true, data_dir: "/var/lib/agent" });
  });

  test("names exactly its public fields", () => {
    expect(engine.get("ConsulServers", "consul").outputs).toEqual({
      urls: ["http://10.0.0.1:8500", "http://10.0.0.2:8500", "http://10.0.0.3:8500"],
    });
    expect(engine.get("ConsulClients", "clients").outputs).toEqual({ nodes: ["c1", "c2"] });
    expect(servers.agents).toHaveLength(3);
    expect(clients.agents).toHaveLength(2);
    // The last server's gate.
    expect(servers.ready).toHaveLength(1);
  });
});

describe("NomadServers", () => {
  let servers: NomadServers;
  let engine: MockEngine;
  beforeAll(async () => {
    engine = await made((shared) => {
      servers = new NomadServers("nomad", { ...shared, protect: false, servers: plan.nomadServers });
    });
  });

  test("nothing is protected unless that is asked for", () => {
    expect(engine.registered.filter(({ protect }) => protect)).toEqual([]);
  });

  test("the first waits for what it was told, each other for the gate of the one before", () => {
    expect(engine.all("Container").map((each) => [each.name, ...waitsFor(each)])).toEqual([
      ["s1-nomad-server", before],
      ["s2-nomad-server", wait("s1-nomad-server")],
      ["s3-nomad-server", wait("s2-nomad-server")],
    ]);
  });

  test("the last gate also asks for the keyring that clients need", () => {
    const kinds = ["s1", "s2", "s3"].map((host) =>
      request(engine.get("Command", `${host}-nomad-server-gate-wait`)).requirements.map(
        (each) => (each as { kind: string }).kind,
      ),
    );
    expect(kinds).toEqual([["server-joined"], ["server-joined"], ["server-joined", "nomad-keyring"]]);
    expect(request(engine.get("Command", "s3-nomad-server-gate-wait")).requirements[1]).toEqual({
      kind: "nomad-keyring",
      servers: ["s1", "s2", "s3"].map((host) => ref(host, 4646)),
    });
  });

  test("a server gets no more of its host than its data", () => {
    for (const { inputs } of engine.all("Container")) {
      expect(inputs).not.toHaveProperty("capabilities");
      expect(inputs).not.toHaveProperty("securityOpts");
      expect(inputs.mounts).toMatchObject([{ type: "volume", target: "/var/lib/agent" }]);
    }
  });

  test("names exactly its public fields", () => {
    expect(engine.get("NomadServers", "nomad").outputs).toEqual({
      urls: ["http://10.0.0.1:4646", "http://10.0.0.2:4646", "http://10.0.0.3:4646"],
    });
    expect(servers.agents).toHaveLength(3);
    expect(servers.ready).toHaveLength(1);
  });
});

describe("NomadClients", () => {
  let clients: NomadClients;
  let engine: MockEngine;
  beforeAll(async () => {
    engine = await made((shared) => {
      const consulAgents = new ConsulClients("consul", {
        ...shared,
        cluster: "prod",
        servers: [],
        clients: plan.consulClients,
        after: [],
      }).byHost;
      const servers = plan.nomadServers.map(({ url }) => url);
      clients = new NomadClients("clients", { ...shared, clients: plan.nomadClients, servers, consulAgents });
    });
  });

  test("all wait for the same and for Consul on their own host, none for another", () => {
    const nomad = engine.all("Container").filter(({ name }) => name.endsWith("-nomad-client"));
    expect(nomad.map((each) => [each.name, ...waitsFor(each)])).toEqual([
      ["c1-nomad-client", container("c1-consul-client"), before],
      ["c2-nomad-client", container("c2-consul-client"), before],
    ]);
  });

  test("a client is emptied before it is deleted, and at no other time", () => {
    expect(clients.drains).toHaveLength(2);
    const drain = engine.get("Command", "drain-c2");
    expect(drain.dependencies).toEqual([container("c2-nomad-client")]);
    expect(drain.inputs).toEqual({
      create: "true",
      delete: "exec node --require tsx/cjs components/nomad/drain/main.ts",
      stdin: JSON.stringify({
        servers: ["http://10.0.0.1:4646", "http://10.0.0.2:4646", "http://10.0.0.3:4646"],
        node: "c2",
        deadlineSeconds: 600,
      }),
      addPreviousOutputInEnv: false,
    });
  });

  test("tasks are known by the node that started them", () => {
    expect(engine.get("Command", "c2-nomad-client-tasks-sweep").inputs.environment).toMatchObject({
      DOCKER_HOST: "tcp://10.1.0.2:2376",
      TASK_LABEL: "com.hashicorp.nomad.node_name=c2",
    });
  });

  test("the file names the folder that the engine sees", () => {
    const [upload] = engine.get("Container", "c1-nomad-client").inputs.uploads as [{ content: string }];
    expect(JSON.parse(upload.content).data_dir).toBe("/var/lib/docker/volumes/hashistack-c1-nomad-client-data/_data");
  });

  test("names exactly its public fields", () => {
    expect(engine.get("NomadClients", "clients").outputs).toEqual({ nodes: ["c1", "c2"] });
  });
});

describe("Fabio", () => {
  let engine: MockEngine;
  beforeAll(async () => {
    engine = await made((shared) => {
      new Fabio("fabio", { ...shared, topology: plan });
    });
  });

  test("runs on every ingress host, with its settings in a file and no data", () => {
    expect(engine.all("Container").map((each) => [each.name, ...waitsFor(each)])).toEqual([
      ["c1-fabio", before],
      ["c2-fabio", before],
    ]);
    const { inputs } = engine.get("Container", "c1-fabio");
    expect(inputs).toMatchObject({
      entrypoints: ["fabio"],
      command: ["-cfg", "/etc/fabio.d/fabio.properties"],
      mounts: [],
    });
    expect(engine.all("Volume")).toEqual([]);
  });

  test("names exactly its public fields", () => {
    expect(engine.get("Fabio", "fabio").outputs).toEqual({ urls: ["http://10.1.0.1:9999", "http://10.1.0.2:9999"] });
  });
});

test("every host knows exactly the images of its agents", async () => {
  const engine = await made(() => {});
  expect(
    engine
      .all("RemoteImage")
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    "c1-consul-image",
    "c1-fabio-image",
    "c1-nomad-image",
    "c2-consul-image",
    "c2-fabio-image",
    "c2-nomad-image",
    "s1-consul-image",
    "s1-nomad-image",
    "s2-consul-image",
    "s2-nomad-image",
    "s3-consul-image",
    "s3-nomad-image",
  ]);
});

test("a host that was not created is named, with those that were", () => {
  expect(() => hostOf(new Map(), "s9")).toThrow("host s9 is planned but was not created; there are ");
});
