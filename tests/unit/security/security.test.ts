import fc from "fast-check";
import { renderConsulSecrets } from "../../../components/consul/agentConfig";
import { renderNomadSecrets } from "../../../components/nomad/agentConfig";
import { consulNames, nomadNames } from "../../../components/security/certificates";
import { asGossipKey, asUuid } from "../../../components/security/forms";
import type { ConsulAgentPlan, NomadClientPlan, NomadServerPlan } from "../../../components/topology";
import { clusterOf, lockedClusterOf, sandbox, topologyOf } from "../../support/configs";

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef"), { minLength: digits, maxLength: digits })
    .map((list) => list.join(""));

test("32 hexadecimal digits are a token: a UUID of exactly these digits", () => {
  fc.assert(
    fc.property(hex(32), (digits) => {
      const token = asUuid(digits);
      expect(token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      expect(token.replaceAll("-", "")).toBe(digits);
    }),
  );
});

test("of a longer digest a token takes the beginning", () => {
  expect(asUuid("0123456789abcdef".repeat(4))).toBe("01234567-89ab-cdef-0123-456789abcdef");
});

test("64 hexadecimal digits are a gossip key: 32 bytes in base64", () => {
  fc.assert(
    fc.property(hex(64), (digits) => {
      const bytes = Buffer.from(asGossipKey(digits), "base64");
      expect(bytes).toHaveLength(32);
      expect(bytes.toString("hex")).toBe(digits);
    }),
  );
});

const plan = topologyOf({ ...lockedClusterOf(3, 2), cluster: { datacenter: "fra1", region: "eu" } });

test("a Consul server's certificate carries the name by which servers are told, and what people call it", () => {
  expect(consulNames(plan.consulServers[0] as ConsulAgentPlan)).toEqual({
    commonName: "server.fra1.consul",
    dnsNames: ["server.fra1.consul", "localhost", "s1", "consul.service.consul"],
    ipAddresses: ["127.0.0.1", "10.0.0.1"],
  });
});

test("a Consul client's does not", () => {
  expect(consulNames(plan.consulClients[0] as ConsulAgentPlan)).toEqual({
    commonName: "client.fra1.consul",
    dnsNames: ["client.fra1.consul", "localhost", "c1"],
    ipAddresses: ["127.0.0.1", "10.1.0.1"],
  });
});

test("Nomad's certificates carry role and region", () => {
  expect(nomadNames("server", plan.nomadServers[0] as NomadServerPlan)).toEqual({
    commonName: "server.eu.nomad",
    dnsNames: ["server.eu.nomad", "localhost", "s1", "nomad.service.consul"],
    ipAddresses: ["127.0.0.1", "10.0.0.1"],
  });
  expect(nomadNames("client", plan.nomadClients[1] as NomadClientPlan)).toEqual({
    commonName: "client.eu.nomad",
    dnsNames: ["client.eu.nomad", "localhost", "c2", "nomad-client.service.consul"],
    ipAddresses: ["127.0.0.1", "10.1.0.2"],
  });
});

test("an address on loopback stands there once", () => {
  const alone = topologyOf(sandbox);
  expect(consulNames(alone.consulServers[0] as ConsulAgentPlan).ipAddresses).toEqual(["127.0.0.1"]);
});

test("secrets of a Consul agent: those it has, where Consul looks for them, and no others", () => {
  expect(JSON.parse(renderConsulSecrets({}))).toEqual({});
  expect(JSON.parse(renderConsulSecrets({ gossipKey: "g" }))).toEqual({ encrypt: "g" });
  expect(JSON.parse(renderConsulSecrets({ agentToken: "a", dnsToken: "d" }))).toEqual({
    acl: { tokens: { agent: "a", dns: "d" } },
  });
  const all = { gossipKey: "g", agentToken: "a", dnsToken: "d", managementToken: "m", registrationToken: "r" };
  expect(JSON.parse(renderConsulSecrets(all))).toEqual({
    encrypt: "g",
    acl: { tokens: { agent: "a", dns: "d", initial_management: "m", config_file_service_registration: "r" } },
  });
});

test("secrets of a Nomad agent likewise", () => {
  expect(JSON.parse(renderNomadSecrets({}))).toEqual({});
  expect(JSON.parse(renderNomadSecrets({ consulToken: "c" }))).toEqual({ consul: { token: "c" } });
  expect(JSON.parse(renderNomadSecrets({ gossipKey: "g", consulToken: "c" }))).toEqual({
    server: { encrypt: "g" },
    consul: { token: "c" },
  });
});

const on = { tls: true, acl: true, gossip: true };
const off = { tls: false, acl: false, gossip: false };

test.each([
  ["a cluster is locked unless it says otherwise", lockedClusterOf(3, 1), on],
  ["a sandbox is open unless it says otherwise", sandbox, off],
  ["a cluster may be open", clusterOf(3, 1), off],
  ["a sandbox may be locked", { ...sandbox, security: on }, on],
  ["a cluster may be without TLS alone", { ...clusterOf(3, 1), security: { tls: false } }, { ...on, tls: false }],
  ["a cluster may be without ACLs alone", { ...clusterOf(3, 1), security: { acl: false } }, { ...on, acl: false }],
  ["a sandbox may encrypt gossip alone", { ...sandbox, security: { gossip: true } }, { ...off, gossip: true }],
])("%s", (_what, raw, security) => {
  const topology = topologyOf(raw);
  expect(topology.cluster.security).toEqual(security);
  for (const agent of [topology.consulServers, topology.nomadServers, topology.nomadClients, topology.fabios].flat()) {
    expect(agent.security).toEqual(security);
  }
});
