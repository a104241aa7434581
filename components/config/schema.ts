import { z } from "zod";
import { consulKeys, intentions, namespaces, serviceDefaults, variables } from "./contents";
import { distinct, drivers, keyText, label, logLevel, path, port, repository, site, version } from "./fields";
import { groupSchema, hostSchema, sshSchema } from "./hostSchema";

export { type Driver, drivers, type Role, roles } from "./fields";

const word = z.string().regex(/^[A-Za-z0-9_.-]+$/, "expected letters, digits, dots, hyphens and underscores");

/** The sections of a stack's configuration: one top-level key of the `hashistack` namespace each. */
export const sections = {
  cluster: z
    .strictObject({
      /** Name of the cluster: the first part of the names of its containers and volumes, and a label on them. */
      name: label.default("hashistack"),
      /** Whether this is a developer's sandbox: one server is then enough, and nothing is encrypted or locked. */
      sandbox: z.boolean().default(false),
      /** Whether Pulumi refuses to delete what holds a server's data. @default on, unless a sandbox */
      protect: z.boolean().optional(),
      /** Consul and Nomad datacenter. */
      datacenter: label.default("dc1"),
      /** Nomad region. */
      region: label.default("global"),
    })
    .prefault({}),
  versions: z
    .strictObject({
      /** Version of Consul. */
      consul: version.default("1.22.7"),
      /** Version of Nomad. */
      nomad: version.default("1.11.3"),
      /** Version of Fabio. */
      fabio: version.default("1.7.2"),
    })
    .prefault({}),
  images: z
    .strictObject({
      /** Repository of the Consul image, without a tag; set it to use a mirror. */
      consul: repository.default("hashicorp/consul"),
      /** Repository of the Nomad image, without a tag. */
      nomad: repository.default("hashicorp/nomad"),
      /** Repository of the Fabio image, without a tag. */
      fabio: repository.default("fabiolb/fabio"),
    })
    .prefault({}),
  /** Where the software of Ubuntu hosts comes from. */
  software: z
    .strictObject({
      /** `zip`: release archives; `apt`: the vendor's packages. Fabio has no packages and is always a release. */
      source: z.enum(["zip", "apt"]).default("zip"),
      /** Base URL of HashiCorp's releases, or a mirror's. */
      hashicorpReleases: site.default("https://releases.hashicorp.com"),
      /** Base URL of Fabio's releases, or a mirror's. */
      fabioReleases: site.default("https://github.com/fabiolb/fabio/releases/download"),
      apt: z
        .strictObject({
          /** HashiCorp's apt repository, or a mirror's. */
          url: site.default("https://apt.releases.hashicorp.com"),
          /** Suite: the machines' distribution. */
          suite: word.default("noble"),
          component: word.default("main"),
        })
        .prefault({}),
      /** Armoured OpenPGP key that signs the apt repository and, where given, must have signed every SHA256SUMS. */
      signingKey: keyText.optional(),
      /** File with that key. */
      signingKeyFile: path.optional(),
      /** SHA-256 sums, by file name, that releases must have whatever their site says. */
      pinned: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")).default({}),
      /** Mirrors of Docker Hub for engines that are installed. */
      registryMirrors: z.array(site).default([]),
      /** Whether data directories stay on the hosts when the stack is destroyed. */
      keepData: z.boolean().default(false),
    })
    .prefault({}),
  /** What hosts have in common when they are reached over SSH. */
  ssh: sshSchema.prefault({}),
  hosts: z.array(hostSchema).default([]),
  /** Hosts that differ in name and address alone, by the group's name. */
  groups: z.record(label, groupSchema).default({}),
  consul: z
    .strictObject({
      /** What the agents log. */
      logLevel: logLevel.default("info"),
      ports: z
        .strictObject({
          /** HTTP API and web UI, where TLS is off. */
          http: port.default(8500),
          /** HTTPS API and web UI, where TLS is on. */
          https: port.default(8501),
          /** DNS. */
          dns: port.default(8600),
          /** Server RPC. */
          server: port.default(8300),
          /** LAN gossip. */
          serfLan: port.default(8301),
        })
        .prefault({}),
      /** Keys that Fabio or jobs read, by path. */
      keys: consulKeys.default({}),
      /** Protocol of services, by name (Consul's service-defaults). */
      serviceDefaults: serviceDefaults.default({}),
      /** Which services may call which through the mesh (Consul's service-intentions): sources and actions by destination. */
      intentions: intentions.default({}),
    })
    .prefault({}),
  nomad: z
    .strictObject({
      /** What the agents log. */
      logLevel: logLevel.default("info"),
      /** Task drivers that every client offers; the health gate waits until each is healthy. */
      drivers: distinct(drivers, "driver").default(["docker", "exec"]),
      ports: z
        .strictObject({
          /** HTTP or HTTPS API and web UI of servers, and of clients on hosts without a server. */
          http: port.default(4646),
          /** RPC. */
          rpc: port.default(4647),
          /** Gossip between servers. */
          serf: port.default(4648),
          /** HTTP or HTTPS API of a client that shares its host with a server. */
          clientHttp: port.default(4656),
        })
        .prefault({}),
      /** Seconds that the tasks of a client have to move to others when it is taken out of the stack. */
      drainSeconds: z.int().min(10, "expected 10 to 86400").max(86_400, "expected 10 to 86400").default(600),
      /** Namespaces beside `default`, with what they are for. */
      namespaces: namespaces.default({}),
      /** Nomad variables by path: what jobs read from there; set them with `--secret`. */
      variables: variables.default({}),
    })
    .prefault({}),
  /** HashiCorp Vault, which jobs read secrets from. It is not on this stack's machines, and nothing is written to it. */
  vault: z
    .strictObject({
      /** URL of its API, as Nomad's clients reach it. Absent: no job can ask for Vault. */
      address: site.optional(),
      /** Certificate of the authority to trust for it, in PEM. @default the machines' own authorities */
      ca: keyText.optional(),
      /** File with that certificate. */
      caFile: path.optional(),
      /** Vault's namespace (Enterprise). */
      namespace: word.optional(),
      /** Where Vault's JWT auth method for this cluster is mounted. */
      authPath: word.default("jwt-nomad"),
      /** Role of tasks that name none. */
      role: word.default("nomad-workloads"),
    })
    .prefault({}),
  fabio: z
    .strictObject({
      /** `agent`: beside the other agents, as they run on its host; `nomad-job`: a system job on the ingress hosts. */
      runsAs: z.enum(["agent", "nomad-job"]).default("agent"),
      /** What Fabio logs. */
      logLevel: logLevel.default("info"),
      ports: z
        .strictObject({
          /** HTTP proxy. */
          proxy: port.default(9999),
          /** HTTPS proxy, where a certificate is configured. */
          tls: port.default(9443),
          /** Web UI and API, read-only and always on loopback. */
          ui: port.default(9998),
          /** Metrics for Prometheus, on loopback. */
          metrics: port.default(9997),
        })
        .prefault({}),
      /** Certificate of the HTTPS proxy: PEM texts or files; the key is a secret. */
      certificate: z
        .strictObject({
          cert: keyText.optional(),
          certFile: path.optional(),
          key: keyText.optional(),
          keyFile: path.optional(),
        })
        .optional(),
    })
    .prefault({}),
  health: z
    .strictObject({
      /** Seconds that each health gate waits before it gives up and names what is unmet. */
      timeoutSeconds: z.int().min(10, "expected 10 to 3600").max(3600, "expected 10 to 3600").default(180),
    })
    .prefault({}),
  /** Each is on unless the stack is a sandbox; turning one off draws a warning at every run. */
  security: z
    .strictObject({
      /** Own certificate authority; RPC by mutual TLS, HTTPS APIs. @default on, unless a sandbox */
      tls: z.boolean().optional(),
      /** Access control in Consul and Nomad, denying by default. @default on, unless a sandbox */
      acl: z.boolean().optional(),
      /** Encrypted gossip. @default on, unless a sandbox */
      gossip: z.boolean().optional(),
    })
    .prefault({}),
  jobs: z
    .record(
      z.string(),
      z
        .strictObject({
          /** Values of the job file's HCL variables. */
          vars: z
            .record(
              z.string(),
              z.union([z.string(), z.number(), z.boolean()], "expected a string, a number or a boolean"),
            )
            .default({}),
        })
        .nullable()
        .transform((job) => job ?? { vars: {} }),
    )
    .default({}),
} as const;

export type SectionName = keyof typeof sections;
export type JobConfig = { readonly vars: Readonly<Record<string, string | number | boolean>> };

/** A stack's configuration, complete: every default filled in. */
export type StackConfig = { readonly [S in SectionName]: z.infer<(typeof sections)[S]> };
