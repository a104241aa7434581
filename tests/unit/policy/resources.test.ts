import { renderConsulConfig } from "../../../components/consul/agentConfig";
import type { AgentDirectories } from "../../../components/hosts/host";
import { agentDirectories, renderAgentCreate } from "../../../components/hosts/ubuntu/agent";
import { renderNomadServerConfig } from "../../../components/nomad/agentConfig";
import { resourceTokens } from "../../../components/tokens";
import type { ConsulAgentPlan, NomadServerPlan } from "../../../components/topology";
import { openApis } from "../../../policy/checks/openApi";
import { looseImage } from "../../../policy/checks/pinnedImages";
import { privilegedContainer } from "../../../policy/checks/privileged";
import { serverCounts, unprotectedServer } from "../../../policy/checks/servers";
import { parentType } from "../../../policy/lib/check";
import { plain } from "../../../policy/lib/plain";
import { clusterOf, lockedClusterOf, type Raw, topologyOf } from "../../support/configs";
import { consul, hostOf } from "../hosts/agents";
import { allowing, resource, strict } from "./resources";

const consulServers = "hashistack:consul:ConsulServers";
const nomadServers = "hashistack:nomad:NomadServers";

describe("server-counts", () => {
  const servers = (parent: string, count: number, type: string = resourceTokens.container) =>
    Array.from({ length: count }, (_, index) => resource(type, `s${index + 1}-server`, parent));

  test.each<[string, number, boolean, string | undefined]>([
    [consulServers, 1, false, "expected 3, 5"],
    [consulServers, 1, true, undefined],
    [consulServers, 2, true, "expected 1, 3, 5"],
    [consulServers, 3, false, undefined],
    [consulServers, 4, false, "expected 3, 5"],
    [consulServers, 5, false, undefined],
    [consulServers, 7, false, "expected 3, 5"],
    [nomadServers, 1, false, "expected 3, 5, 7"],
    [nomadServers, 1, true, undefined],
    [nomadServers, 6, false, "expected 3, 5, 7"],
    [nomadServers, 7, false, undefined],
    [nomadServers, 9, false, "expected 3, 5, 7"],
  ])("%s: %i in a sandbox: %s", (parent, count, sandbox, message) => {
    for (const type of [resourceTokens.container, resourceTokens.remoteCommand]) {
      const found = serverCounts(servers(parent, count, type), { sandbox });
      expect(found).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
    }
  });

  test("name the servers and the role", () => {
    expect(serverCounts(servers(consulServers, 2), { sandbox: false })).toEqual([
      "2 Consul servers (s1-server, s2-server): expected 3, 5. Give the role consul-server to as many hosts; 1 is for " +
        "sandboxes (cluster.sandbox).",
    ]);
  });

  test("leave out volumes, gates and other agents", () => {
    const others = [
      resource(resourceTokens.volume, "s1-consul-server-data", consulServers),
      resource("command:local:Command", "s1-gate-wait", `${consulServers}$hashistack:health:Gate`),
      resource(resourceTokens.container, "c1-consul-client", "hashistack:consul:ConsulClients"),
    ];
    expect(serverCounts([...servers(consulServers, 3), ...others], { sandbox: false })).toEqual([]);
  });
});

describe("protected-servers", () => {
  test.each([
    [resourceTokens.volume, consulServers],
    [resourceTokens.volume, nomadServers],
    [resourceTokens.remoteCommand, consulServers],
  ])("wants %s of %s protected", (type, parent) => {
    const server = resource(type, "s1-server", parent);
    expect(unprotectedServer(server, strict)).toEqual([
      expect.stringMatching(/^s1-server holds a server's data.*cluster\.protect/),
    ]);
    expect(unprotectedServer({ ...server, protect: true }, strict)).toEqual([]);
    expect(unprotectedServer(server, { ...strict, sandbox: true })).toEqual([]);
    expect(unprotectedServer(server, allowing("s1-server"))).toEqual([]);
  });

  test.each([
    [resourceTokens.container, consulServers],
    [resourceTokens.volume, "hashistack:nomad:NomadClients"],
    [resourceTokens.remoteCommand, "hashistack:hosts:UbuntuHost"],
  ])("lets %s of %s be replaced", (type, parent) => {
    expect(unprotectedServer(resource(type, "x", parent), strict)).toEqual([]);
  });
});

describe("no-open-agent-api", () => {
  const open: Raw = { ...clusterOf(3, 1), security: { tls: false, acl: false } };
  const plan = (config: Raw) => topologyOf(config).consulServers[0] as ConsulAgentPlan;
  const upload = (file: string, content: string) => ({ name: "s1", props: { uploads: [{ file, content }] } });
  const consulOf = (agent: ConsulAgentPlan) =>
    upload("/etc/consul-server.d/consul.json", renderConsulConfig(agent, agentDirectories("consul-server")));
  const nomadOf = (agent: NomadServerPlan) =>
    upload("/etc/nomad-server.d/nomad.json", renderNomadServerConfig(agent, agentDirectories("nomad-server")));
  const { address } = plan(open);

  test.each<[string, Raw, string | undefined]>([
    ["nothing", { tls: false, acl: false }, "without TLS and ACLs"],
    ["ACLs alone", { tls: false, acl: true }, "without TLS:"],
    ["TLS alone", { tls: true, acl: false }, "without ACLs:"],
    ["both", { tls: true, acl: true }, undefined],
  ])("judges servers beyond loopback with %s", (_what, security, message) => {
    const planned = topologyOf({ ...open, security });
    const found = [
      ...openApis(consulOf(planned.consulServers[0] as ConsulAgentPlan), strict),
      ...openApis(nomadOf(planned.nomadServers[0] as NomadServerPlan), strict),
    ];
    expect(found).toEqual(
      message === undefined
        ? []
        : [
            expect.stringContaining(`s1 serves the API of Consul on ${address} ${message}`),
            expect.stringContaining(`s1 serves the API of Nomad on ${address} ${message}`),
          ],
    );
  });

  test("passes what stays on loopback", () => {
    expect(openApis(consulOf({ ...plan(open), address: "127.0.0.1", loopback: true }), strict)).toEqual([]);
    const [client] = topologyOf(open).consulClients;
    expect(openApis(consulOf(client as ConsulAgentPlan), strict)).toEqual([]);
  });

  test("reads the script that sets an Ubuntu machine up", () => {
    const agent = plan(open);
    const files = [
      { name: "consul.json", content: (directories: AgentDirectories) => renderConsulConfig(agent, directories) },
    ];
    const create = renderAgentCreate({ ...consul, files }, hostOf());
    expect(openApis({ name: "u1-consul-server", props: { create } }, strict)).toEqual([
      expect.stringContaining(`u1-consul-server serves the API of Consul on ${address} without TLS and ACLs`),
    ]);
  });

  test("lets networks pass that only trusted machines are in, and resources by name", () => {
    expect(openApis(consulOf(plan(open)), allowing("10.0.0.0/8"))).toEqual([]);
    expect(openApis(consulOf(plan(open)), allowing("192.168.0.0/16"))).toHaveLength(1);
    expect(openApis(consulOf(plan(open)), allowing("s1"))).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["consul", { client_addr: "0.0.0.0" }, "on 0.0.0.0 without TLS and ACLs"],
    ["consul", { client_addr: "10.0.0.1", ports: { http: 8500, https: 8501 } }, "on 10.0.0.1 without TLS"],
    ["consul", { client_addr: "10.0.0.1", ports: { http: -1 }, acl: { enabled: true } }, "without ACLs"],
    ["consul", { client_addr: "{{ GetPublicIP }}" }, "without TLS and ACLs"],
    ["nomad", {}, "on 0.0.0.0 without TLS and ACLs"],
    ["nomad", { bind_addr: "2001:db8::1" }, "on 2001:db8::1 without"],
  ])("knows what %s makes of %j", (product, config, message) => {
    const agent = upload(`/etc/x.d/${product}.json`, JSON.stringify(config));
    expect(openApis(agent, strict)).toEqual([expect.stringContaining(message)]);
  });

  test.each<[string, object]>([
    ["consul", {}],
    ["consul", { client_addr: "127.0.0.1 ::1" }],
    ["nomad", { bind_addr: "10.0.0.1", addresses: { http: "127.0.0.1" } }],
  ])("passes %s with %j", (product, config) => {
    expect(openApis(upload(`/etc/x.d/${product}.json`, JSON.stringify(config)), strict)).toEqual([]);
  });

  test("says nothing of a file that is not known yet", () => {
    expect(openApis({ name: "s1", props: { uploads: [{ file: "/etc/x.d/consul.json" }, undefined] } }, strict)).toEqual(
      [],
    );
  });
});

describe("containers", () => {
  test.each<[object, string | undefined]>([
    [{ privileged: true }, "Container c is privileged"],
    [{ capabilities: { adds: ["ALL"] } }, "Container c has all capabilities"],
    [{ capabilities: { adds: ["CAP_SYS_ADMIN"] }, networkMode: "host" }, undefined],
    [{ privileged: false }, undefined],
  ])("are judged by what they ask for: %j", (props, message) => {
    const container = resource(resourceTokens.container, "c", consulServers, { props: { ...props } });
    expect(privilegedContainer(container, strict)).toEqual(message ? [expect.stringContaining(message)] : []);
    expect(privilegedContainer(container, allowing("c"))).toEqual([]);
  });

  test.each<[string, object, boolean]>([
    [resourceTokens.image, { name: "hashicorp/consul" }, true],
    [resourceTokens.image, { name: "hashicorp/consul:1.22.7" }, false],
    [resourceTokens.container, { image: `sha256:${"0".repeat(64)}` }, false],
    [resourceTokens.container, { image: "redis:latest" }, true],
    [resourceTokens.container, { image: undefined }, false],
  ])("run images by tag or digest: %s %j", (type, props, loose) => {
    const found = looseImage({ type, name: "x", props: { ...props } }, strict);
    expect(found).toHaveLength(loose ? 1 : 0);
  });
});

test("a locked cluster of any size passes what can be judged of its files", () => {
  const planned = topologyOf(lockedClusterOf(3, 1));
  for (const agent of planned.consulServers) {
    const content = renderConsulConfig(agent, agentDirectories("consul-server"));
    expect(openApis({ name: "x", props: { uploads: [{ file: "consul.json", content }] } }, strict)).toEqual([]);
  }
  for (const agent of planned.nomadServers) {
    const content = renderNomadServerConfig(agent, agentDirectories("nomad-server"));
    expect(openApis({ name: "x", props: { uploads: [{ file: "nomad.json", content }] } }, strict)).toEqual([]);
  }
});

test("the component that a resource belongs to is the last but one of its URN", () => {
  const urn = "urn:pulumi:prod::hashistack::hashistack:index:Cluster$hashistack:consul:ConsulServers$a:b:C::s1";
  expect(parentType(urn)).toBe("hashistack:consul:ConsulServers");
  expect(parentType("urn:pulumi:prod::hashistack::pulumi:pulumi:Stack::hashistack-prod")).toBeUndefined();
});

test("what is unknown in a preview is left out, and the rest is kept", () => {
  const unknown = {
    get secret(): string {
      throw new Error("can't be known during preview");
    },
  };
  const list = [1, 2];
  Object.defineProperty(list, 1, { get: () => unknown.secret, enumerable: true });
  expect(plain({ name: "x", inner: { a: null, b: unknown }, list })).toEqual({
    name: "x",
    inner: { a: null, b: { secret: undefined } },
    list: [1, undefined],
  });
});
