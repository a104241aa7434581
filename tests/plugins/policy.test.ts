import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Checkout } from "../e2e/checkout";

const minute = 60_000;
jest.setTimeout(5 * minute);

/** Servers and a client that nobody can reach: a first preview asks none of them. */
const cluster = (more: string) => `config:
  hashistack:cluster: { name: far ${more.includes("protect") ? ", protect: false" : ""} }
  hashistack:security: ${more.includes("open") ? "{ tls: false, acl: false }" : "{}"}
  hashistack:ssh: { user: ops, agent: true, insecureIgnoreHostKey: true }
  hashistack:hosts:
${[1, 2, 3]
  .slice(0, more.includes("two") ? 2 : 3)
  .map((n) => `    - { name: s${n}, address: 10.255.0.${n}, substrate: ubuntu, roles: [consul-server, nomad-server] }`)
  .join("\n")}
    - { name: c1, address: 10.255.0.11, substrate: ubuntu, roles: [nomad-client, ingress] }
  hashistack:jobs:
    ${more.includes("bad") ? "bad" : "nginx"}: {}
`;

const badJob = `job "bad" {
  group "g" {
    network {
      mode = "host"
    }
    service {
      name = "unchecked"
    }
    task "raw" {
      driver = "raw_exec"
      config {
        command = "/bin/true"
      }
    }
    task "root" {
      driver = "docker"
      config {
        image      = "nginx"
        privileged = true
      }
      resources {
        cpu    = 10
        memory = 10
      }
    }
  }
}
`;

describe("make preview under the real pulumi command", () => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await Checkout.create("policies", "policies");
    await writeFile(join(checkout.root, "jobs/bad.nomad.hcl"), badJob);
  });
  afterAll(() => checkout?.remove());

  const preview = async (stack: string, text?: string, variables = "") => {
    if (text) await writeFile(join(checkout.root, `Pulumi.${stack}.yaml`), text);
    return checkout.sh(`make preview STACK=${stack} ${variables}`);
  };
  /** Names of policies that were violated. */
  const violated = (output: string) =>
    [...new Set([...output.matchAll(/\[mandatory\]\s+([a-z-]+)/g)].map(([, name]) => name))].sort();

  it("passes this project's sandbox", async () => {
    const { code, output } = await preview("dev", undefined, "POLICIES=on");
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/Policy Packs run:[\s\S]*0\.1\.0/),
    });
    expect(violated(output)).toEqual([]);
  });

  it("does without the policies in a sandbox, unless asked", async () => {
    const { code, output } = await preview("dev");
    expect(code).toBe(0);
    expect(output).not.toContain("Policy Packs run");
  });

  it("passes a cluster, whose servers are protected", async () => {
    const { code, output } = await preview("far", cluster(""));
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("Policy Packs run:") });
    expect(output).toMatch(/s1-consul-server/);
  });

  it("refuses a cluster that is open, unprotected, with a job that does all that it should not", async () => {
    const { code, output } = await preview("worse", cluster("open, protect, bad"));
    expect(code).not.toBe(0);
    expect(violated(output)).toEqual([
      "no-open-agent-api",
      "no-privileged",
      "no-raw-exec",
      "no-task-host-network",
      "pinned-images",
      "protected-servers",
      "service-checks",
      "task-resources",
    ]);
    expect(output).toContain("Task bad/g/root has privileged = true");
    expect(output).toContain("s1-consul-server serves the API of Consul on 10.255.0.1 without TLS and ACLs");
  });

  it("refuses an even number of servers, should the program ever plan one", async () => {
    await checkout.edit("components/config/rules.ts", "(cluster ? serverCounts(hosts, cluster) : [])", "[]");
    const { code, output } = await preview("two", cluster("two"));
    expect(code).not.toBe(0);
    expect(violated(output)).toEqual(["server-counts"]);
    expect(output).toContain("2 Consul servers (s1-consul-server, s2-consul-server): expected 3, 5");
    expect(output).toContain("2 Nomad servers");
  });

  it("tells why a pack does not start", async () => {
    await writeFile(join(checkout.root, "policy/allowances.ts"), "export const allowances = nothing;\n");
    const { code, output } = await preview("far");
    expect(code).not.toBe(0);
    expect(output).toContain("nothing is not defined");
  });

  it("leaves no process of the pack behind", () => {
    const running = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(
      running.split("\n").filter((line) => line.includes(`run-policy-pack`) && line.includes(checkout.root)),
    ).toEqual([]);
  });

  it("keeps what is protected from destroy, but not from make down, which says what goes", async () => {
    const far = async (line: string) => checkout.sh(`eval "$(make env STACK=far)" && pulumi ${line} --stack far`);
    const { output } = await far("stack export");
    const state = JSON.parse(output.slice(output.indexOf("{")));
    const resource = (type: string, name: string, more: object) => ({
      urn: `urn:pulumi:far::hashistack::${type}::${name}`,
      custom: true,
      type,
      ...more,
    });
    const provider = resource("pulumi:providers:random", "default", {
      id: "0d8a5f2c-4c43-4b7c-8a53-6f1a2f3b9c11",
      inputs: { version: "4.21.2" },
      outputs: { version: "4.21.2" },
    });
    const data = resource("random:index/randomUuid:RandomUuid", "s1-data", {
      id: "8d2b0f5e-9d57-4b0c-a7ad-3d1b2f3b9c22",
      inputs: {},
      outputs: { result: "8d2b0f5e-9d57-4b0c-a7ad-3d1b2f3b9c22" },
      protect: true,
      provider: `${provider.urn}::${(provider as { id?: string }).id}`,
    });
    state.deployment.resources = [...(state.deployment.resources ?? []), provider, data];
    await writeFile(join(checkout.root, "state.json"), JSON.stringify(state));
    expect(await far("stack import --file state.json")).toMatchObject({ code: 0 });

    const refused = await far("destroy --yes --skip-preview --non-interactive");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("it is protected");

    const down = await checkout.make("down STACK=far");
    expect(down).toContain("Stack far is protected. Servers' data goes for good with: s1-data");
    expect(down).toMatch(/1 deleted/);
  });

  it("tells drift by its exit code, and what drifted in a file", async () => {
    const drift = (stack: string) => checkout.sh(`npm run --silent drift -- --stack ${stack} --output drift.md`);
    expect(await drift("locked")).toMatchObject({ code: 1, output: expect.stringContaining("was never brought up") });
    // What was taken down above is missing.
    const { code, output } = await drift("far");
    expect({ code, output }).toMatchObject({ code: 2, output: expect.stringContaining("Stack far has drifted.") });
    expect(await readFile(join(checkout.root, "drift.md"), "utf8")).toMatch(
      /````diff\n[\s\S]*s1-consul-server[\s\S]*\n````/,
    );
  });
});
