import { parseConfig } from "../../../components/config/parse";
import { planStack } from "../../../components/stack";
import { preflightPlan } from "../../../tasks/lib/preflightPlan";
import { sandbox } from "../../support/configs";

const game = {
  name: "game",
  path: "jobs/game.nomad.hcl",
  text: [
    'variable "port" {',
    "  default = 80",
    "}",
    'job "2048" {',
    '  group "game" {',
    "    network {",
    '      port "http" {',
    "        static = var.port",
    "      }",
    "    }",
    "  }",
    "}",
  ].join("\n"),
};

async function wishes(raw: Record<string, unknown>) {
  const plan = await planStack(parseConfig(raw), [game], () => "text");
  return preflightPlan({ name: "test", ...plan }).ports.filter(({ purpose }) => purpose.includes("job"));
}

test("a job's static port is asked for where this machine's client listens", async () => {
  const purpose = "port http of the job 2048";
  expect(await wishes({ ...sandbox, jobs: { game: {} } })).toEqual([{ port: 80, address: "127.0.0.1", purpose }]);
  expect(await wishes({ ...sandbox, jobs: { game: { vars: { port: 8080 } } } })).toEqual([
    { port: 8080, address: "127.0.0.1", purpose },
  ]);
  expect(await wishes(sandbox)).toEqual([]);
});

test("where other machines have clients too, the task may go there: a warning", async () => {
  const [own] = sandbox.hosts as object[];
  const substrate = { docker: { endpoint: "unix:///var/run/docker.sock" } };
  const hosts = [
    { ...own, address: "10.0.0.1", ...substrate },
    { name: "other", address: "10.0.0.2", roles: ["nomad-client"], docker: { endpoint: "ssh://ops@10.0.0.2" } },
  ];
  const ssh = { privateKeyFile: "key", insecureIgnoreHostKey: true };
  expect(await wishes({ ...sandbox, hosts, ssh, jobs: { game: {} } })).toMatchObject([
    { port: 80, address: "10.0.0.1", severity: "warning" },
  ]);
});
