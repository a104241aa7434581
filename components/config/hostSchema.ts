import { z } from "zod";
import { distinct, drivers, hostName, ipv4, keyText, label, path, port, roles } from "./fields";

const loginName = /^[a-z_][a-z0-9_.-]*\$?$/;
const user = z.string().regex(loginName, "expected a login name, such as ops");

/** A machine's public key: `known_hosts` without the host. */
const hostKey = z
  .string()
  .regex(
    /^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+( \S.*)?$/,
    "expected a type and a key, such as: ssh-ed25519 AAAA… (ssh-keyscan shows it; compare it on the machine itself)",
  );

const login = {
  /** SSH port. @default 22 */
  port: port.optional(),
  /** Who logs in. */
  user: user.optional(),
  /** Private key; set it with `pulumi config set --secret --path`. */
  privateKey: keyText.optional(),
  /** File with the private key, on the machine where Pulumi runs. */
  privateKeyFile: path.optional(),
};

const hostCheck = {
  /** `known_hosts` file in which machines' keys are looked up. */
  knownHostsFile: path.optional(),
  /** Says in so many words that machines may show any key: whoever answers in their place gets their secrets. */
  insecureIgnoreHostKey: z.boolean().optional(),
};

/** How to reach machines over SSH. What a host leaves out comes from its group, then from the section `ssh`. */
export const sshSchema = z.strictObject({
  ...login,
  ...hostCheck,
  /** Lets the person's SSH agent sign in place of a private key. */
  agent: z.boolean().optional(),
  /** Password of sudo, where that asks for one; set it with `--secret`. */
  sudoPassword: z.string().min(1, "expected a password").optional(),
  /** Machine to go through. */
  bastion: z
    .strictObject({
      address: hostName,
      ...login,
      hostKey: hostKey.optional(),
    })
    .optional(),
});

export const hostSshSchema = sshSchema.extend({
  /** Key that this machine must show. */
  hostKey: hostKey.optional(),
});

/** Whether an endpoint on another machine is a host, a port and, over SSH, a login name: nothing else has a meaning. */
function isEndpoint(text: string): boolean {
  if (text.startsWith("unix://")) {
    return true;
  }
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, hostname, pathname, search, hash } = new URL(text);
  return (
    hostName.safeParse(hostname).success &&
    (username === "" || (protocol === "ssh:" && loginName.test(username))) &&
    /^\/?$/.test(pathname) &&
    search + hash === ""
  );
}

const docker = z.strictObject({
  /** Engine endpoint: `unix://`, `tcp://` or `ssh://`. @default this machine's engine for a loopback address, else ssh */
  endpoint: z
    .string()
    .regex(/^(unix:\/\/\/|tcp:\/\/|ssh:\/\/)\S+$/, "expected unix:///path, tcp://host:port or ssh://user@host")
    .refine(isEndpoint, "expected unix:///path, tcp://host:port or ssh://user@host")
    .refine((text) => !/:[^/]*@/.test(text), "expected no password: over SSH one logs in with a key")
    .optional(),
  /** Client certificate for `tcp://`: files on the machine where Pulumi runs. */
  tls: z.strictObject({ caFile: path, certFile: path, keyFile: path }).optional(),
});

const metaKey = z
  .string()
  .regex(/^[\w.-]+$/, "expected letters, digits, dots and hyphens")
  .refine((key) => !key.startsWith("hashistack."), "expected another name: hashistack.… is this program's own");

/** What similar machines have in common. */
const traits = {
  /** How agents run: in containers on its Docker engine, or as services of an Ubuntu or Debian machine. */
  substrate: z.enum(["docker", "ubuntu"]).default("docker"),
  docker: docker.prefault({}),
  /** What it does. */
  roles: distinct(roles, "role"),
  /** Datacenter of its Nomad agents. @default cluster.datacenter */
  datacenter: label.optional(),
  /** Node pool of its Nomad client. */
  nodePool: label.default("default"),
  /** Node class of its Nomad client. */
  nodeClass: z
    .string()
    .regex(/^[\w.-]+$/, "expected letters, digits, dots and hyphens")
    .optional(),
  /** Metadata of its Nomad client. */
  meta: z.record(metaKey, z.string("expected text")).default({}),
  /** Task drivers that its Nomad client must offer. @default nomad.drivers */
  drivers: distinct(drivers, "driver").optional(),
  /** Directories of the machine that jobs may ask for, by name. */
  hostVolumes: z
    .record(
      label,
      z.strictObject({
        path: z.string().regex(/^\/[^\s]*$/, "expected an absolute path"),
        readOnly: z.boolean().default(false),
      }),
    )
    .default({}),
};

export const hostSchema = z.strictObject({
  /** Name of the machine: its Consul and Nomad node name. */
  name: label,
  /** IPv4 address at which the other hosts reach this one. A loopback address keeps every listener on loopback. */
  address: ipv4,
  ...traits,
  ssh: hostSshSchema.prefault({}),
});

/** Machines that differ in name and address alone. */
export const groupSchema = z.strictObject({
  ...traits,
  ssh: sshSchema.prefault({}),
  /** Address of each, by name. */
  hosts: z.record(label, ipv4),
});

export type SshConfig = z.infer<typeof hostSshSchema>;
export type HostEntry = z.infer<typeof hostSchema>;
export type GroupEntry = z.infer<typeof groupSchema>;
