import type { AgentDirectories, AgentFile } from "../hosts/host";
import { renderJson } from "../render";
import { tlsFiles } from "../security/files";
import { clusterMeta } from "../tokens";
import type { NomadClientPlan, NomadServerPlan } from "../topology";
import { taskIdentities, vaultIdentity } from "./identities";

const file = "nomad.json";
const vaultAuthorityFile = "vault-ca.pem";

/** Files of one Nomad server, without its secrets. */
export function nomadServerFiles(plan: NomadServerPlan): AgentFile[] {
  return [{ name: file, content: (directories) => renderNomadServerConfig(plan, directories) }];
}

/** Files of one Nomad client, without its secrets. */
export function nomadClientFiles(plan: NomadClientPlan): AgentFile[] {
  const { authority } = plan.vault ?? {};
  return [
    { name: file, content: (directories) => renderNomadClientConfig(plan, directories) },
    ...(authority ? [{ name: vaultAuthorityFile, content: () => authority }] : []),
  ];
}

/**
 * Configuration of one Nomad server agent, without its secrets.
 * @see https://developer.hashicorp.com/nomad/docs/configuration
 */
export function renderNomadServerConfig(plan: NomadServerPlan, directories: AgentDirectories): string {
  return renderJson({
    ...shared(plan, directories),
    consul: { ...consul(plan, directories), ...(plan.security.acl ? taskIdentities : {}) },
    vault: plan.vault ? { enabled: true, default_identity: vaultIdentity } : undefined,
    server: {
      enabled: true,
      bootstrap_expect: plan.bootstrapExpect,
      server_join: { retry_join: plan.join, retry_interval: "2s" },
      // Nomad waits five times as long for a leader by default, to suit small cloud machines.
      raft_multiplier: 1,
    },
  });
}

/** Configuration of one Nomad client agent, without its secrets. */
export function renderNomadClientConfig(plan: NomadClientPlan, directories: AgentDirectories): string {
  return renderJson({
    ...shared(plan, directories),
    consul: consul(plan, directories),
    vault: vault(plan, directories),
    client: {
      enabled: true,
      // Beside the rest of its data: by default it lies outside, where nothing takes it away.
      alloc_mounts_dir: `${directories.data}/alloc_mounts`,
      servers: plan.servers,
      node_pool: plan.nodePool === "default" ? undefined : plan.nodePool,
      node_class: plan.nodeClass,
      meta: { ...plan.meta, [clusterMeta]: plan.cluster },
      host_volume: hostVolumes(plan),
      // Publishes task ports on loopback only; elsewhere Nomad finds the interface of the default route.
      network_interface: plan.loopback ? "lo" : undefined,
      // Off those clouds each of them costs a start some seconds of waiting for an answer that never comes.
      options: {
        "fingerprint.denylist": "env_aws,env_gce,env_azure,env_digitalocean",
        "driver.allowlist": plan.drivers.join(","),
      },
    },
    plugin: plugins(plan),
  });
}

function hostVolumes({ hostVolumes: volumes }: NomadClientPlan): object | undefined {
  const entries = Object.entries(volumes).map(([name, { path, readOnly }]) => [name, { path, read_only: readOnly }]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function plugins({ drivers }: NomadClientPlan): object | undefined {
  const plugin = {
    ...(drivers.includes("docker")
      ? {
          docker: {
            config: {
              // Tells one client's task containers from another's on a shared engine, when they must be removed.
              extra_labels: ["job_name", "node_name"],
              // A collector removes containers that it does not know: those of another client on the same engine too.
              gc: { image: false, dangling_containers: { enabled: false } },
            },
          },
        }
      : {}),
    ...(drivers.includes("raw_exec") ? { raw_exec: { config: { enabled: true } } } : {}),
  };
  return Object.keys(plugin).length > 0 ? plugin : undefined;
}

type Plan = NomadServerPlan | NomadClientPlan;

function shared(plan: Plan, directories: AgentDirectories): Record<string, unknown> {
  const { tls, acl } = plan.security;
  return {
    name: plan.host,
    region: plan.region,
    datacenter: plan.datacenter,
    data_dir: directories.data,
    log_level: plan.logLevel,
    bind_addr: plan.address,
    // Consul's server on this machine asks on loopback for the keys of identities.
    addresses: plan.loopback ? undefined : { http: `127.0.0.1 ${plan.address}` },
    // Without it Nomad refuses to advertise a loopback address outside its development mode.
    advertise: { http: plan.address, rpc: plan.address, serf: plan.address },
    ports: plan.ports,
    tls: tls ? nomadTls(directories) : undefined,
    acl: acl ? { enabled: true } : undefined,
    disable_update_check: true,
    leave_on_terminate: false,
    leave_on_interrupt: false,
  };
}

function nomadTls(directories: AgentDirectories): object {
  const { ca, certificate, key } = tlsFiles(directories.configuration);
  return {
    http: true,
    rpc: true,
    ca_file: ca,
    cert_file: certificate,
    key_file: key,
    verify_server_hostname: true,
    // People have tokens, not certificates, and Consul fetches the keys of workload identities without one.
    verify_https_client: false,
  };
}

function consul(plan: Plan, directories: AgentDirectories): object {
  return {
    address: `127.0.0.1:${plan.consul.port}`,
    ...(plan.security.tls ? { ssl: true, ca_file: tlsFiles(directories.configuration).ca } : {}),
  };
}

/** Clients alone speak to Vault: with a task's identity, for a token of the task's own. */
function vault({ vault }: NomadClientPlan, { configuration }: AgentDirectories): object | undefined {
  return (
    vault && {
      enabled: true,
      address: vault.address,
      ca_file: vault.authority ? `${configuration}/${vaultAuthorityFile}` : undefined,
      namespace: vault.namespace,
      jwt_auth_backend_path: vault.authPath,
      create_from_role: vault.role,
    }
  );
}

/** What a Nomad agent must know and nobody else may. */
export interface NomadSecrets {
  /** On servers: key of the gossip, 32 bytes in base64. */
  readonly gossipKey?: string;
  /** Consul token with which it registers itself. */
  readonly consulToken?: string;
}

/** The secret part of a Nomad agent's configuration: Nomad merges it with the rest. */
export function renderNomadSecrets({ gossipKey, consulToken }: NomadSecrets): string {
  return renderJson({
    server: gossipKey ? { encrypt: gossipKey } : undefined,
    consul: consulToken ? { token: consulToken } : undefined,
  });
}
