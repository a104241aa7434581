import type { World } from "./tied";

/** A text in a file of the checkout that gives way to another one. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A change that somebody proposes. */
export interface Scenario {
  readonly name: string;
  /** Whether the stack was up before. @default true */
  readonly up?: boolean;
  /** How the stack that was up differs from the others'; the change comes on top. */
  readonly before?: readonly Edit[];
  readonly edits?: readonly Edit[];
  /** Further arguments of `pulumi preview`. */
  readonly flags?: readonly string[];
  /** Whether policies judge it. */
  readonly policies?: boolean;
  /** What a refresh finds; without it nothing is refreshed. */
  readonly world?: World;
}

const stackFile = "Pulumi.prod.yaml";
const server = (number: number) =>
  `    - name: server-${number}\n      address: 10.20.0.1${number}\n      substrate: ubuntu\n      roles: [consul-server, nomad-server]\n`;
const versions = (text: string): Edit => ({
  file: stackFile,
  from: "  hashistack:images:\n",
  to: `  hashistack:versions: ${text}\n  hashistack:images:\n`,
});

const hostKey = "10.20.0.13 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInventedKeyOfMachine13xxxxxxxxxxxxxxxxxxxx\n";
/** Keys of the machines that come. */
const knownHosts: Edit = {
  file: "tests/stack/fixtures/known_hosts",
  from: hostKey,
  to: ["13", "14", "15", "16"].map((last) => hostKey.replaceAll("13", last)).join(""),
};

const unprotected: readonly Edit[] = [
  { file: stackFile, from: "    region: eu\n", to: "    region: eu\n    protect: false\n" },
];
const fourAndFive: Edit = { file: stackFile, from: server(3), to: server(3) + server(4) + server(5) };
const exchanged = [
  knownHosts,
  { file: stackFile, from: [1, 2, 3].map(server).join(""), to: [4, 5, 6].map(server).join("") },
];

/** One preview each; their stack is tests/stack/fixtures/Pulumi.prod.yaml. */
export const scenarios: readonly Scenario[] = [
  { name: "first-deploy", up: false },
  { name: "nothing-changed" },
  {
    name: "job-only",
    edits: [
      { file: stackFile, from: "count: 2", to: "count: 3" },
      { file: "jobs/nginx.nomad.hcl", from: "memory = 64", to: "memory = 96" },
    ],
  },
  { name: "agent-config", edits: [{ file: stackFile, from: "logLevel: warn", to: "logLevel: debug" }] },
  { name: "version-bump", edits: [versions('{ nomad: "1.11.4", fabio: "1.7.3" }')] },
  { name: "downgrade", edits: [versions('{ consul: "1.22.6" }')] },
  { name: "scale-3-to-5", edits: [knownHosts, fourAndFive] },
  { name: "scale-3-to-2", edits: [{ file: stackFile, from: server(3), to: "" }] },
  { name: "servers-exchanged", edits: exchanged },
  { name: "servers-exchanged-unprotected", before: unprotected, edits: exchanged },
  {
    name: "scale-5-to-3",
    before: [...unprotected, knownHosts, fourAndFive],
    edits: [{ file: stackFile, from: server(4) + server(5), to: "" }],
  },
  { name: "server-replaced", flags: ["--replace", "'**::server-2-consul-server'"] },
  {
    name: "client-removed",
    edits: [
      {
        file: stackFile,
        from: "    - name: client-2\n      address: 10.20.0.22\n      roles: [nomad-client]\n",
        to: "",
      },
    ],
  },
  {
    name: "nomad-rejects",
    // Longer than the deadline below it: only the server sees that.
    edits: [{ file: "jobs/nginx.nomad.hcl", from: 'min_healthy_time = "3s"', to: 'min_healthy_time = "3m"' }],
  },
  {
    name: "policies-broken",
    policies: true,
    edits: [
      { file: stackFile, from: "nginx:1.29", to: "nginx:latest" },
      { file: "jobs/redis.nomad.hcl", from: 'driver = "docker"', to: 'driver = "raw_exec"' },
    ],
  },
  { name: "secret-rotated", flags: ["--replace", "'**::prod-security-consul-gossip'"] },
  {
    name: "drift",
    world: {
      "client-2-nomad-client": null,
      nginx: { status: "dead", stop: true },
      "prod-consul-catalog-key-jobs/greeting": {
        keys: [{ path: "jobs/greeting", value: "changed by hand", flags: 0 }],
      },
    },
  },
];
