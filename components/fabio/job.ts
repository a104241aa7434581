import { createHash } from "node:crypto";
import { renderJson } from "../render";
import { tlsNames } from "../security/files";
import type { FabioPlan } from "../topology";
import type { FabioJobPlan } from "./jobPlan";
import { ingressNames, renderFabioProperties } from "./properties";
import { tokenFromFile } from "./secretFiles";

/** What the job says that is known only once the cluster has its secrets; nothing of it is secret itself. */
export interface FabioJobParts {
  /** Certificate of the cluster's authority, in PEM; absent without TLS. */
  readonly ca?: string;
  /** Certificate of the HTTPS proxy, in PEM; absent where there is none. */
  readonly certificate?: string;
}

/** Items of the Nomad variable that holds the HTTPS proxy's certificate. */
export const certificateItems = { cert: "cert", key: "key" } as const;

/** Where its task, and nobody else, may read that variable. */
export function certificatePath({ id }: FabioJobPlan): string {
  return `nomad/jobs/${id}`;
}

/** Where a task finds what it alone may read: in memory, never on a disk. */
const secrets = "/secrets";
const settingsFile = "fabio.properties";

/** What a node fills in when its task starts. The address is the one at which its own agent is reached. */
const onNode = {
  address: '{{ index (env "attr.unique.advertise.address" | split ":") 0 }}',
  host: '{{ env "node.unique.name" }}',
} as const;

/** Nomad's API counts in nanoseconds. */
const seconds = (count: number) => count * 1_000_000_000;

/**
 * Fabio's job, as Nomad's API takes it: the text has no secrets, and no values that differ between hosts.
 *
 * @see https://developer.hashicorp.com/nomad/api-docs/json-jobs
 */
export function renderFabioJob(job: FabioJobPlan, parts: FabioJobParts = {}): string {
  const { settings } = job;
  return renderJson({
    Job: {
      ID: job.id,
      Name: job.id,
      Namespace: job.namespace,
      Region: job.region,
      Type: "system",
      // Of whatever pool and datacenter: the names alone say where.
      NodePool: "all",
      Datacenters: ["*"],
      Constraints: [{ LTarget: "${node.unique.name}", Operand: "set_contains_any", RTarget: job.nodes.join(",") }],
      // Everything else is reached through it: it may take the place of what is less important.
      Priority: 80,
      // One host after the other, each once its new Fabio answers.
      Update: {
        MaxParallel: 1,
        HealthCheck: "checks",
        MinHealthyTime: seconds(3),
        HealthyDeadline: seconds(300),
        ProgressDeadline: seconds(600),
      },
      TaskGroups: [
        {
          Name: job.id,
          // A system job is not placed anew elsewhere: it tries for ever.
          RestartPolicy: { Attempts: 5, Interval: seconds(60), Delay: seconds(3), Mode: "delay" },
          Networks: [{ Mode: "host", ReservedPorts: reservedPorts(settings) }],
          Services: [aliveService()],
          Tasks: [fabioTask(job, parts)],
        },
      ],
    },
  });
}

/** Every port that it listens on, those on loopback too: no task of another job shall be given one of them. */
function reservedPorts({ ports, certificate }: FabioPlan): object[] {
  const { tls, ...others } = ports;
  return Object.entries(certificate ? { ...others, tls } : others).map(([Label, Value]) => ({ Label, Value }));
}

/** How Nomad knows that it answers. Consul is told by Fabio itself, as where it is an agent. */
function aliveService(): object {
  return {
    Name: "fabio",
    Provider: "nomad",
    Address: "127.0.0.1",
    PortLabel: "ui" satisfies keyof FabioPlan["ports"],
    Checks: [{ Name: "fabio answers", Type: "http", Path: "/health", Interval: seconds(2), Timeout: seconds(2) }],
  };
}

function fabioTask(job: FabioJobPlan, parts: FabioJobParts): object {
  const { settings } = job;
  const { acl, tls } = settings.security;
  return {
    Name: job.id,
    Driver: "docker",
    Config: {
      image: settings.image,
      network_mode: "host",
      entrypoint: ["fabio"],
      args: ["-cfg", `${secrets}/${settingsFile}`],
      // Root in name only: it may listen on a port below 1024, and nothing else that others may not.
      cap_drop: ["all"],
      cap_add: ["net_bind_service"],
      security_opt: ["no-new-privileges"],
      readonly_rootfs: true,
    },
    // A Consul token of its own, with the role of its namespace, for as long as it runs.
    Consul: acl ? {} : undefined,
    Env: acl ? tokenFromFile(`${secrets}/consul_token`) : undefined,
    // Another certificate is another version of the job, so that hosts take it one after the other.
    Meta: parts.certificate ? { certificate: digestOf(parts.certificate) } : undefined,
    Templates: [
      secretFile(settingsFile, renderFabioProperties({ ...settings, ...onNode }, secrets), "restart"),
      ...(tls && parts.ca ? [secretFile(tlsNames.ca, parts.ca, "noop")] : []),
      ...(settings.certificate
        ? [
            secretFile(ingressNames.certificate, variableItem(job, certificateItems.cert), "noop"),
            secretFile(ingressNames.key, variableItem(job, certificateItems.key), "noop"),
          ]
        : []),
    ],
    Resources: { CPU: 500, MemoryMB: 256 },
  };
}

function secretFile(name: string, text: string, change: "restart" | "noop"): object {
  return { DestPath: `secrets/${name}`, EmbeddedTmpl: text, ChangeMode: change, Perms: "600" };
}

function variableItem(job: FabioJobPlan, item: string): string {
  return `{{ with nomadVar "${certificatePath(job)}" }}{{ .${item} }}{{ end }}`;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
