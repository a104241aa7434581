import { parseConfig } from "../../../components/config/parse";
import { renderConsulConfig } from "../../../components/consul/agentConfig";
import { renderFabioProperties } from "../../../components/fabio/properties";
import {
  nomadClientFiles,
  nomadServerFiles,
  renderNomadClientConfig,
  renderNomadServerConfig,
} from "../../../components/nomad/agentConfig";
import { planTopology, type Topology } from "../../../components/topology";
import { clusterOf, lockedClusterOf, sandbox, topologyOf } from "../../support/configs";

const alone = topologyOf(sandbox);
const many = topologyOf(clusterOf(3, 2));
const locked = topologyOf(lockedClusterOf(3, 2));

function at<T extends { host: string }>(agents: readonly T[], host: string): T {
  const agent = agents.find((each) => each.host === host);
  if (agent === undefined) {
    throw new Error(`no agent on ${host}`);
  }
  return agent;
}

const directories = (agent: string) => ({ configuration: `/etc/${agent}.d`, data: "/data" });

const files: Record<string, (plan: Topology, host: string) => string> = {
  "Consul server": (plan, host) => renderConsulConfig(at(plan.consulServers, host), directories("consul-server")),
  "Consul client": (plan, host) => renderConsulConfig(at(plan.consulClients, host), directories("consul-client")),
  "Nomad server": (plan, host) => renderNomadServerConfig(at(plan.nomadServers, host), directories("nomad-server")),
  "Nomad client": (plan, host) => renderNomadClientConfig(at(plan.nomadClients, host), directories("nomad-client")),
  Fabio: (plan, host) => renderFabioProperties(at(plan.fabios, host), "/etc/fabio.d"),
};

test.each([
  ["Consul server", "the sandbox", alone, "sandbox"],
  ["Consul server", "one of three", many, "s2"],
  ["Consul client", "one with Fabio beside it", many, "c1"],
  ["Consul client", "one without", many, "c2"],
  ["Nomad server", "the sandbox", alone, "sandbox"],
  ["Nomad server", "one of three", many, "s2"],
  ["Nomad client", "the sandbox", alone, "sandbox"],
  ["Nomad client", "one of a cluster", many, "c2"],
  ["Fabio", "the sandbox", alone, "sandbox"],
  ["Fabio", "one of a cluster", many, "c1"],
  ["Consul server", "locked", locked, "s2"],
  ["Consul client", "locked", locked, "c1"],
  ["Nomad server", "locked", locked, "s2"],
  ["Nomad client", "locked", locked, "c2"],
  ["Fabio", "locked", locked, "c1"],
] as const)("%s: %s", (agent, _what, plan, host) => {
  expect(files[agent]?.(plan, host)).toMatchSnapshot();
});

describe("with Vault", () => {
  const vault = { address: "https://vault.example:8200", caFile: "vault.pem", namespace: "team", role: "web" };
  const { config } = parseConfig({ ...lockedClusterOf(3, 2), vault });
  const plan = config && planTopology(config, new Map(), { vaultAuthority: "Vault's authority" });
  const [server, client] = [plan?.nomadServers[0], plan?.nomadClients[0]];

  test("servers give tasks an identity for it, and need not reach it", () => {
    const rendered = JSON.parse(server ? renderNomadServerConfig(server, directories("nomad-server")) : "");
    expect(rendered.vault).toEqual({ enabled: true, default_identity: { aud: ["vault.io"], ttl: "1h" } });
    expect(server && nomadServerFiles(server).map(({ name }) => name)).toEqual(["nomad.json"]);
  });

  test("clients are told where it is, whom to trust and how tasks log in", () => {
    const rendered = JSON.parse(client ? renderNomadClientConfig(client, directories("nomad-client")) : "");
    expect(rendered.vault).toEqual({
      enabled: true,
      address: "https://vault.example:8200",
      ca_file: "/etc/nomad-client.d/vault-ca.pem",
      namespace: "team",
      jwt_auth_backend_path: "jwt-nomad",
      create_from_role: "web",
    });
    const files = client ? nomadClientFiles(client) : [];
    expect(files.map(({ name }) => name)).toEqual(["nomad.json", "vault-ca.pem"]);
    expect(files[1]?.content(directories("nomad-client"))).toBe("Vault's authority");
  });

  test("no agent is told of a Vault that is not there", () => {
    for (const render of [files["Nomad server"]?.(locked, "s1"), files["Nomad client"]?.(locked, "c1")]) {
      expect(JSON.parse(render ?? "")).not.toHaveProperty("vault");
    }
  });
});

test("a client without Docker does not set up that driver", () => {
  const plan = topologyOf({ ...sandbox, nomad: { drivers: ["exec"] } });
  const config = JSON.parse(files["Nomad client"]?.(plan, "sandbox") ?? "");
  expect(config.client.options["driver.allowlist"]).toBe("exec");
  expect(config).not.toHaveProperty("plugin");
});

test("nothing of the sandbox listens beyond loopback", () => {
  for (const [agent, render] of Object.entries(files)) {
    if (agent !== "Consul client") {
      const addresses = render(alone, "sandbox").match(/\d+\.\d+\.\d+\.\d+/g) ?? [];
      expect(addresses.length).toBeGreaterThan(0);
      expect(new Set(addresses)).toEqual(new Set(["127.0.0.1"]));
    }
  }
});
