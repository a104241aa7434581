import { headersFor } from "../../../components/health/headers";
import { clusterRequirements } from "../../../components/health/list";
import type { Access, Requirement } from "../../../components/health/requirement";
import { lockedClusterOf, topologyOf } from "../../support/configs";

const topology = topologyOf(lockedClusterOf(3, 2, 2));
const access: Access = { ca: "ca", consulToken: "consul's", nomadToken: "nomad's" };
const shownTo = (requirements: readonly Requirement[], own: Access | undefined = access) =>
  headersFor({ title: "x", timeoutSeconds: 1, requirements, access: own });

const consulToken = { "x-consul-token": "consul's" };
const nomadToken = { "x-nomad-token": "nomad's" };
const s1 = { name: "s1", url: "https://10.0.0.1:8501" };
const s2 = { name: "s2", url: "https://10.0.0.2:8501" };

test("the gate of a whole cluster shows each server the token of its product, and Fabio none", () => {
  const headers = shownTo(clusterRequirements(topology));
  for (const { url } of topology.consulServers) {
    expect(headers(`${url}/v1/agent/members`)).toEqual(consulToken);
  }
  for (const { url } of topology.nomadServers) {
    expect(headers(`${url}/v1/node/1?x=y`)).toEqual(nomadToken);
  }
  for (const { url } of topology.fabios) {
    expect(headers(`${url}/.hashistack/health`)).toEqual({});
  }
});

test.each<[string, Requirement, object]>([
  ["server-joined", { kind: "server-joined", product: "consul", server: s1, peers: [s2], last: true }, consulToken],
  ["server-joined", { kind: "server-joined", product: "nomad", server: s1, peers: [s2], last: true }, nomadToken],
  ["quorum", { kind: "quorum", product: "consul", servers: [s1, s2] }, consulToken],
  ["quorum", { kind: "quorum", product: "nomad", servers: [s1, s2] }, nomadToken],
  ["consul-members", { kind: "consul-members", servers: [s1, s2], members: [] }, consulToken],
  ["nomad-keyring", { kind: "nomad-keyring", servers: [s1, s2] }, nomadToken],
  ["nomad-clients", { kind: "nomad-clients", cluster: "prod", servers: [s1, s2], clients: [] }, nomadToken],
  ["ingress", { kind: "ingress", consul: [s1, s2], fabios: [], canaryPath: "/" }, consulToken],
])("%s: every server that is asked is shown its token", (_kind, requirement, token) => {
  const headers = shownTo([requirement]);
  expect(headers(`${s1.url}/v1/x`)).toEqual(token);
  expect(headers(`${s2.url}/v1/x`)).toEqual(token);
});

test.each([
  "https://10.0.0.1:8502/v1/agent/self",
  "https://10.0.0.1/v1/agent/self",
  "http://10.0.0.1:8501/v1/agent/self",
  "https://10.0.0.11:8501/v1/agent/self",
  "https://10.0.0.1@attacker.example:8501/v1",
])("%s is no server of the plan, and is shown nothing", (url) => {
  const headers = shownTo([{ kind: "quorum", product: "consul", servers: [s1] }]);
  expect(headers(url)).toEqual({});
});

test.each<[string, Access | undefined]>([
  ["nothing to show", undefined],
  ["a certificate alone", { ca: "ca" }],
])("with %s, nothing is shown to anybody", (_what, own) => {
  const headers = headersFor({
    title: "x",
    timeoutSeconds: 1,
    requirements: clusterRequirements(topology),
    access: own,
  });
  for (const { url } of [...topology.consulServers, ...topology.nomadServers, ...topology.fabios]) {
    expect(headers(url)).toEqual({});
  }
});
