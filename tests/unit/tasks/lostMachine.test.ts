import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { DockerSubstrate, HostPlan } from "../../../components/hosts/plan";
import { answers, doorOf, recordedHosts, recordedOn, withoutMachine } from "../../../tasks/lib/lostMachine";
import { nameOf, type Recorded, type StackState } from "../../../tasks/lib/state";
import { clusterOf, sandbox, topologyOf } from "../../support/configs";

const urn = (type: string, name: string) => `urn:pulumi:prod::hashistack::hashistack:index:Cluster$${type}::${name}`;
const engine = (host: string) => urn("pulumi:providers:docker", `${host}-engine`);
const resource = (type: string, name: string, more: Partial<Recorded> = {}): Recorded => ({
  type,
  urn: urn(type, name),
  ...more,
});
const onEngine = (host: string, type: string, name: string, more: Partial<Recorded> = {}) =>
  resource(type, name, { provider: `${engine(host)}::some-id`, ...more });

const container = "docker:index/container:Container";
const volume = "docker:index/volume:Volume";
const remote = "command:remote:Command";
const local = "command:local:Command";

/** Two hosts of each substrate, whose names begin alike. */
const state: StackState = {
  deployment: {
    resources: [
      resource("hashistack:hosts:DockerHost", "c"),
      ...["c", "c-2"].flatMap((host) => [
        resource("pulumi:providers:docker", `${host}-engine`),
        onEngine(host, volume, `${host}-nomad-client-data`, { protect: true }),
        onEngine(host, container, `${host}-nomad-client`, {
          dependencies: [urn(volume, `${host}-nomad-client-data`), urn(local, `forget-${host}`)],
          propertyDependencies: { mounts: [urn(volume, `${host}-nomad-client-data`)], name: null },
        }),
        resource(remote, `${host}-nomad-client-tasks-sweep`),
        resource(local, `drain-${host}`, { dependencies: [urn(container, `${host}-nomad-client`)] }),
        resource(local, `forget-${host}`),
        resource("random:index/randomPassword:RandomPassword", `prod-security-${host}-consul`),
      ]),
      ...["u", "u-prepare"].flatMap((host) => [
        resource(remote, `${host}-prepare`),
        resource(remote, `${host}-consul-server`, { dependencies: [urn(remote, `${host}-prepare`)] }),
      ]),
      resource(local, "prod-gate-wait", {
        dependencies: [
          urn(container, "c-nomad-client"),
          urn(container, "c-2-nomad-client"),
          urn(remote, "u-consul-server"),
        ],
        propertyDependencies: { triggers: [urn(container, "c-nomad-client"), urn(remote, "u-consul-server")] },
        deletedWith: urn(remote, "u-consul-server"),
      }),
    ],
  },
};
const names = (resources: readonly Recorded[]) => resources.map((each) => nameOf(each.urn));

test("what only its machine can tell of is told from what is known elsewhere, and from hosts of like names", () => {
  expect(names(recordedOn("c", state))).toEqual([
    "c-engine",
    "c-nomad-client-data",
    "c-nomad-client",
    "c-nomad-client-tasks-sweep",
  ]);
  expect(names(recordedOn("u", state))).toEqual(["u-prepare", "u-consul-server"]);
  expect(recordedOn("x", state)).toEqual([]);
  expect(recordedOn("c", { deployment: {} })).toEqual([]);
});

test("hosts are known by their engine or their preparation", () => {
  expect(recordedHosts(state)).toEqual(["c", "c-2", "u", "u-prepare"]);
  expect(recordedHosts({ deployment: {} })).toEqual([]);
});

test.each(["c", "u"])("without the machine of %s nothing speaks of it, and all else is as it was", (host) => {
  const gone = recordedOn(host, state).map((each) => each.urn);
  const after = withoutMachine(host, state);
  const text = JSON.stringify(after);
  for (const each of gone) {
    expect(text).not.toContain(JSON.stringify(each));
  }
  const kept = (state.deployment.resources ?? []).filter((each) => !gone.includes(each.urn));
  expect(names(after.deployment.resources ?? [])).toEqual(names(kept));
  expect(after.deployment.resources?.find((each) => nameOf(each.urn) === "c-2-nomad-client")).toEqual(
    kept.find((each) => nameOf(each.urn) === "c-2-nomad-client"),
  );
});

test("a host that the state does not know changes nothing", () => {
  expect(withoutMachine("x", state)).toEqual(state);
});

describe("where a machine is reached", () => {
  const doors = (raw: Record<string, unknown>) => topologyOf(raw).hosts.map(doorOf);

  test("over tcp at its engine, on this machine nowhere", () => {
    expect(doors(clusterOf(3, 1))[0]).toEqual({ host: "10.0.0.1", port: 2376 });
    expect(doors(sandbox)).toEqual(["this machine"]);
    const [own] = topologyOf(clusterOf(3, 1)).hosts;
    const { substrate } = own as HostPlan & { substrate: DockerSubstrate };
    const bare = { ...(own as HostPlan), substrate: { ...substrate, endpoint: "tcp://10.0.0.1" } };
    expect(doorOf(bare)).toEqual({ host: "10.0.0.1", port: 2376 });
  });

  test("over SSH at its port, through a bastion not from here", () => {
    const host = {
      name: "u",
      address: "10.0.0.1",
      substrate: "ubuntu",
      roles: ["consul-server", "nomad-server", "nomad-client"],
    };
    const login = { user: "ops", agent: true, insecureIgnoreHostKey: true, port: 2222 };
    const of = (more: object) =>
      doors({ cluster: { sandbox: true }, hosts: [{ ...host, ssh: { ...login, ...more } }] });
    expect(of({})).toEqual([{ host: "10.0.0.1", port: 2222 }]);
    expect(of({ bastion: { address: "jump.example", user: "ops" } })).toEqual(["through another machine"]);
  });

  test("somebody answers, or nobody", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    expect(await answers({ host: "127.0.0.1", port })).toBe(true);
    await new Promise((done) => server.close(done));
    expect(await answers({ host: "127.0.0.1", port })).toBe(false);
  });
});
