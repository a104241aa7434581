import * as pulumi from "@pulumi/pulumi";
import type { AgentSpec } from "../../../components/hosts/host";
import type { SoftwarePlan, UbuntuSubstrate } from "../../../components/hosts/plan";
import type { AgentHost } from "../../../components/hosts/ubuntu/agent";

export const consul: AgentSpec = {
  name: "consul-server",
  product: "consul",
  version: "1.22.7",
  image: "hashicorp/consul:1.22.7",
  arguments: ({ configuration }) => ["agent", `-config-dir=${configuration}`],
  validate: (configuration) => ["validate", configuration],
  files: [{ name: "consul.json", content: ({ data }) => `{ "data_dir": "${data}" }\n` }],
  secretFiles: [{ name: "tls/key.pem", content: pulumi.secret("the key") }],
  durable: true,
};

export const nomadClient: AgentSpec = {
  ...consul,
  name: "nomad-client",
  product: "nomad",
  version: "1.11.3",
  image: "hashicorp/nomad:1.11.3",
  arguments: ({ configuration }) => ["agent", `-config=${configuration}`],
  runsTasks: { label: "com.hashicorp.nomad.node_name", owner: "u1", drivers: ["docker", "exec"] },
};

/** The form of a key; no key. */
export const signingKey = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZ000
0000
=abcd
-----END PGP PUBLIC KEY BLOCK-----
`;

export function hostOf(substrate: Partial<UbuntuSubstrate> = {}, software: Partial<SoftwarePlan> = {}): AgentHost {
  return {
    name: "u1",
    cluster: "prod",
    privilege: { host: "u1", user: "ops", password: false },
    substrate: {
      kind: "ubuntu",
      ssh: { address: "10.0.0.1", port: 22, user: "ops", agent: false, hostKey: "ssh-ed25519 AAAAhost" },
      docker: false,
      registryMirrors: [],
      consulDnsPort: 8600,
      keepData: false,
      ...substrate,
      software: {
        source: "zip",
        hashicorpReleases: "https://releases.example/",
        fabioReleases: "https://fabio.example",
        apt: { url: "https://apt.example", suite: "noble", component: "main" },
        pinned: {},
        ...software,
      },
    },
  };
}
