import { z } from "zod";
import { isLoopback } from "../address";

/** What a host does. A Consul agent runs on every host, whatever its roles. */
export const roles = ["consul-server", "nomad-server", "nomad-client", "ingress"] as const;
export type Role = (typeof roles)[number];

/** Task drivers that a Nomad client can be made to offer. */
export const drivers = ["docker", "exec"] as const;
export type Driver = (typeof drivers)[number];

const label = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "expected 1 to 63 lower-case letters, digits and inner hyphens");

const version = z
  .string('expected a version in quotes, such as "1.11.3"')
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, 'expected a version such as "1.11.3"');

const repository = z
  .string()
  .regex(
    /^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/,
    "expected an image repository without a tag, such as hashicorp/consul or mirror.example:5000/consul",
  )
  .refine((name) => !/:[^/]*$/.test(name), "expected no tag: the version is set under `versions`");

const port = z.int("expected a whole number").min(1, "expected 1 to 65535").max(65535, "expected 1 to 65535");

const logLevel = z.enum(["trace", "debug", "info", "warn", "error"]);

const ipv4 = z
  .ipv4('expected an IPv4 address, such as "10.0.0.11"')
  .refine((ip) => ip !== "0.0.0.0", "expected the address at which the other hosts reach this one, not 0.0.0.0")
  // Agents on one machine ask each other on 127.0.0.1, and Nomad publishes tasks' ports on the first address of `lo`.
  .refine((ip) => !isLoopback(ip) || ip === "127.0.0.1", "expected 127.0.0.1, the only loopback address that is used");

export const hostSchema = z.strictObject({
  /** Name of the machine: its Consul and Nomad node name. */
  name: label,
  /** IPv4 address at which the other hosts reach this one. A loopback address keeps every listener on loopback. */
  address: ipv4,
  /** How agents run on it: in containers on its Docker engine. */
  substrate: z.enum(["docker"]).default("docker"),
  /** Engine endpoint of the Docker substrate: `unix://`, `tcp://` or `ssh://`. */
  docker: z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^(unix:\/\/\/|tcp:\/\/|ssh:\/\/)\S+$/, "expected unix:///path, tcp://host:port or ssh://user@host")
        .default("unix:///var/run/docker.sock"),
    })
    .prefault({}),
  /** What it does. */
  roles: z
    .array(z.enum(roles))
    .min(1, `expected at least one of ${roles.join(", ")}`)
    .refine((list) => new Set(list).size === list.length, "expected every role once"),
});

/** The sections of a stack's configuration: one top-level key of the `hashistack` namespace each. */
export const sections = {
  cluster: z
    .strictObject({
      /** Name of the cluster: the first part of the names of its containers and volumes, and a label on them. */
      name: label.default("hashistack"),
      /** Whether this is a developer's sandbox: one server is then enough, and nothing is encrypted or locked. */
      sandbox: z.boolean().default(false),
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
  hosts: z.array(hostSchema).min(1, "expected at least one host"),
  consul: z
    .strictObject({
      /** What the agents log. */
      logLevel: logLevel.default("info"),
      ports: z
        .strictObject({
          /** HTTP API and web UI. */
          http: port.default(8500),
          /** DNS. */
          dns: port.default(8600),
          /** Server RPC. */
          server: port.default(8300),
          /** LAN gossip. */
          serfLan: port.default(8301),
        })
        .prefault({}),
    })
    .prefault({}),
  nomad: z
    .strictObject({
      /** What the agents log. */
      logLevel: logLevel.default("info"),
      /** Task drivers that every client offers; the health gate waits until each is healthy. */
      drivers: z
        .array(z.enum(drivers))
        .min(1, `expected at least one of ${drivers.join(", ")}`)
        .refine((list) => new Set(list).size === list.length, "expected every driver once")
        .default(["docker", "exec"]),
      ports: z
        .strictObject({
          /** HTTP API and web UI of servers, and of clients on hosts without a server. */
          http: port.default(4646),
          /** RPC. */
          rpc: port.default(4647),
          /** Gossip between servers. */
          serf: port.default(4648),
          /** HTTP API of a client that shares its host with a server. */
          clientHttp: port.default(4656),
        })
        .prefault({}),
    })
    .prefault({}),
  fabio: z
    .strictObject({
      /** What Fabio logs. */
      logLevel: logLevel.default("info"),
      ports: z
        .strictObject({
          /** HTTP proxy. */
          proxy: port.default(9999),
          /** Web UI and API, read-only and always on loopback. */
          ui: port.default(9998),
        })
        .prefault({}),
    })
    .prefault({}),
  health: z
    .strictObject({
      /** Seconds that each health gate waits before it gives up and names what is unmet. */
      timeoutSeconds: z.int().min(10, "expected 10 to 3600").max(3600, "expected 10 to 3600").default(180),
    })
    .prefault({}),
  security: z
    .strictObject({
      /**
       * Says in so many words that a stack which is not a sandbox may run without TLS, ACLs and gossip encryption.
       * Draws a warning at every run.
       */
      unprotected: z.boolean().default(false),
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
export type HostConfig = z.infer<typeof hostSchema>;
export type JobConfig = { readonly vars: Readonly<Record<string, string | number | boolean>> };

/** A stack's configuration, complete: every default filled in. */
export type StackConfig = { readonly [S in SectionName]: z.infer<(typeof sections)[S]> };
