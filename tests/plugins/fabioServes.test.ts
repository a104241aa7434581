import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { ask } from "../../components/api/request";
import { policies } from "../../components/consul/acl/policies";
import { canaryPath, canaryService } from "../../components/fabio/canary";
import { certificatePath, renderFabioJob } from "../../components/fabio/job";
import type { FabioJobPlan } from "../../components/fabio/jobPlan";
import { conditionsOf } from "../../components/health/conditions";
import { headersFor } from "../../components/health/headers";
import { ingressRequirement } from "../../components/health/list";
import { realWorld, waitFor } from "../../components/health/wait";
import { consulAudience, taskIdentities } from "../../components/nomad/identities";
import type { Topology } from "../../components/topology";
import { topologyOf } from "../support/configs";
import { eventually } from "../support/eventually";
import { type AgentCertificate, authority } from "./support/certificates";
import { ConsulAgent } from "./support/consulAgent";
import { freePorts } from "./support/freePorts";
import { NomadAgent } from "./support/nomadAgent";
import { consulCommand, fabioCommand, nomadCommand } from "./support/tools";

jest.setTimeout(180_000);

let folder: string;
let certificate: AgentCertificate;
let own: AgentCertificate;
let consul: ConsulAgent;
let nomad: NomadAgent;
let topology: Topology;
let plan: FabioJobPlan;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-fabio-"));
  const certify = await authority("Test CA");
  [certificate, own] = [await certify("server.dc1.consul"), await certify("fabio")];
  consul = await ConsulAgent.start(await consulCommand(), { certificate });
  await writeFile(path.join(folder, "ca.pem"), certificate.ca);
  nomad = await NomadAgent.start(await nomadCommand(), {
    name: "server",
    consul: {
      address: new URL(consul.address).host,
      ssl: true,
      ca_file: path.join(folder, "ca.pem"),
      token: ConsulAgent.token,
      ...taskIdentities,
    },
  });
  const [proxy = 0, tls = 0, ui = 0, metrics = 0] = await freePorts(4);
  topology = topologyOf({
    cluster: { sandbox: true },
    security: { tls: true, acl: true },
    consul: { ports: { https: Number(new URL(consul.address).port) } },
    fabio: {
      runsAs: "nomad-job",
      ports: { proxy, tls, ui, metrics },
      certificate: { certFile: "cert.pem", keyFile: "key.pem" },
    },
    hosts: [
      { name: "server", address: "127.0.0.1", roles: ["consul-server", "nomad-server", "nomad-client", "ingress"] },
    ],
  });
  plan = topology.fabioJob as FabioJobPlan;
  await prepareConsul(ui);
}, 900_000);

afterAll(async () => {
  await nomad?.stop();
  await consul?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the stack keeps in Consul for it: the canary, its policy, and a way to a token with that. */
async function prepareConsul(ui: number): Promise<void> {
  await consul.api("PUT", "/v1/agent/service/register", canaryService(ui));
  const { ID } = await consul.api<{ ID: string }>("PUT", "/v1/acl/policy", {
    Name: "hashistack-fabio",
    Rules: policies.fabio.rules,
  });
  await consul.api("PUT", "/v1/acl/role", { Name: `nomad-tasks-${plan.namespace}`, Policies: [{ ID }] });
  await consul.api("PUT", "/v1/acl/auth-method", {
    Name: "nomad-workloads",
    Type: "jwt",
    TokenLocality: "local",
    Config: {
      BoundAudiences: [consulAudience],
      ClaimMappings: { nomad_namespace: "nomad_namespace", nomad_service: "nomad_service" },
      JWKSURL: `${nomad.address}/.well-known/jwks.json`,
      JWTSupportedAlgs: ["RS256"],
    },
  });
  await consul.api("PUT", "/v1/acl/binding-rule", {
    AuthMethod: "nomad-workloads",
    BindType: "role",
    BindName: "nomad-tasks-${value.nomad_namespace}",
    Selector: '"nomad_service" not in value',
  });
}

/** The job as it is rendered, but run by a driver that needs no engine: there, /secrets lies elsewhere. */
function withoutEngine(text: string, fabio: string): object {
  const { Job } = JSON.parse(text);
  const [task] = Job.TaskGroups[0].Tasks;
  task.Driver = "raw_exec";
  task.Config = {
    command: fabio,
    args: task.Config.args.map((arg: string) => arg.replace(/^\/secrets/, "${NOMAD_SECRETS_DIR}")),
  };
  task.Env = { CONSUL_HTTP_TOKEN_FILE: "${NOMAD_SECRETS_DIR}/consul_token" };
  for (const template of task.Templates) {
    template.EmbeddedTmpl = template.EmbeddedTmpl.replace(/(?<== ?)\/secrets/g, '{{ env "NOMAD_SECRETS_DIR" }}');
  }
  return Job;
}

interface Token {
  readonly Description: string;
  readonly Roles: { readonly Name: string }[] | null;
  readonly Policies: unknown[] | null;
}

const fabioTokens = async () =>
  (await consul.api<Token[]>("GET", "/v1/acl/tokens")).filter(({ Description }) =>
    Description.includes("nomad_task_fabio"),
  );

test("the job serves what a gate asks for, with a certificate and a token of its own, and leaves nothing", async () => {
  const query = `?namespace=${plan.namespace}`;
  await nomad.api("PUT", "/v1/namespace", { Name: plan.namespace });
  const { cert, key } = own;
  await nomad.api("PUT", `/v1/var/${certificatePath(plan)}${query}`, {
    Path: certificatePath(plan),
    Namespace: plan.namespace,
    Items: { cert, key },
  });
  const text = renderFabioJob(plan, { ca: certificate.ca, certificate: cert });
  await nomad.api("PUT", `/v1/jobs${query}`, { Job: withoutEngine(text, await fabioCommand()) });

  const requirements = [ingressRequirement(topology)];
  const access = { ca: certificate.ca, consulToken: ConsulAgent.token };
  const world = realWorld(() => {}, {
    ca: certificate.ca,
    headers: headersFor({ title: "", timeoutSeconds: 60, requirements, access }),
  });
  expect(await waitFor(requirements.flatMap(conditionsOf), world, { timeoutSeconds: 60 })).toEqual({
    healthy: true,
    unmet: [],
  });
  await eventually(async () => {
    const [deployment] = await nomad.api<{ Status: string }[]>("GET", `/v1/job/${plan.id}/deployments${query}`);
    expect(deployment?.Status).toBe("successful");
  }, 30);

  const { tls, metrics } = plan.settings.ports;
  const https = await ask(`https://127.0.0.1:${tls}${canaryPath}`, { ca: certificate.ca, timeoutMs: 5_000 });
  expect(https).toMatchObject({ status: 200 });
  expect(await ask(`http://127.0.0.1:${metrics}/metrics`, { timeoutMs: 5_000 })).toMatchObject({ status: 200 });
  expect(await fabioTokens()).toMatchObject([{ Roles: [{ Name: "nomad-tasks-ingress" }] }]);

  await nomad.api("DELETE", `/v1/job/${plan.id}${query}&purge=true`);
  await eventually(async () => {
    expect(await consul.api("GET", "/v1/health/service/fabio")).toEqual([]);
    expect(await fabioTokens()).toEqual([]);
  }, 30);
});
