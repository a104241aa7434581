import { canaryService } from "../fabio/canary";
import type { AgentDirectories, AgentFile } from "../hosts/host";
import { renderJson } from "../render";
import { tlsFiles } from "../security/files";
import type { ConsulAgentPlan } from "../topology";

/** Files of one Consul agent, without its secrets. */
export function consulFiles(plan: ConsulAgentPlan): AgentFile[] {
  return [{ name: "consul.json", content: (directories) => renderConsulConfig(plan, directories) }];
}

/**
 * Configuration of one Consul agent, without its secrets.
 * @see https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file
 */
export function renderConsulConfig(plan: ConsulAgentPlan, directories: AgentDirectories): string {
  const { tls, acl } = plan.security;
  return renderJson({
    node_name: plan.host,
    datacenter: plan.datacenter,
    data_dir: directories.data,
    log_level: plan.logLevel,
    bind_addr: plan.address,
    // The agents beside it always ask over loopback; servers also answer whoever operates the cluster.
    client_addr: plan.server && !plan.loopback ? `127.0.0.1 ${plan.address}` : "127.0.0.1",
    // Names are for the machine itself: everyone else would be answered without a token.
    addresses: { dns: "127.0.0.1" },
    ports: {
      http: tls ? -1 : plan.ports.http,
      https: tls ? plan.ports.https : -1,
      dns: plan.ports.dns,
      server: plan.ports.server,
      serf_lan: plan.ports.serfLan,
      serf_wan: -1,
      grpc: -1,
      grpc_tls: -1,
    },
    retry_join: plan.join,
    // Seconds between tries; Consul's own 30 would be most of a first start.
    retry_interval: "2s",
    disable_update_check: true,
    // A restarted agent comes back: leaving would drop its services, and with them Fabio's routes, each time.
    leave_on_terminate: false,
    skip_leave_on_interrupt: true,
    tls: tls ? consulTls(directories) : undefined,
    acl: acl
      ? {
          enabled: true,
          default_policy: "deny",
          // A client that has lost its servers goes on with what it knows of tokens.
          down_policy: "extend-cache",
          enable_token_persistence: false,
        }
      : undefined,
    services: plan.canaryPort === undefined ? undefined : [canaryService(plan.canaryPort)],
    ...(plan.server
      ? {
          server: true,
          bootstrap_expect: plan.bootstrapExpect,
          ui_config: { enabled: true },
          // Consul waits five times as long for a leader by default, to suit small cloud machines.
          performance: { raft_multiplier: 1 },
          autopilot: { cleanup_dead_servers: true },
        }
      : { server: false }),
  });
}

function consulTls(directories: AgentDirectories): object {
  const { ca, certificate, key } = tlsFiles(directories.configuration);
  return {
    defaults: {
      ca_file: ca,
      cert_file: certificate,
      key_file: key,
      verify_incoming: true,
      verify_outgoing: true,
    },
    // People and their browsers have tokens, not certificates.
    https: { verify_incoming: false },
    // A certificate of the cluster alone makes no server: its name must say so.
    internal_rpc: { verify_server_hostname: true },
  };
}

/** What a Consul agent must know and nobody else may. */
export interface ConsulSecrets {
  /** Key of the gossip, 32 bytes in base64. */
  readonly gossipKey?: string;
  /** Token with which the agent keeps its own node in the catalogue. */
  readonly agentToken?: string;
  /** Token with which names are looked up for whoever asks on this machine. */
  readonly dnsToken?: string;
  /** On servers: the token that may do everything. Given in advance, so that no bootstrap can be lost half-way. */
  readonly managementToken?: string;
  /** Token with which the agent registers services of its own configuration, such as Fabio's canary. */
  readonly registrationToken?: string;
}

/** The secret part of a Consul agent's configuration. */
export function renderConsulSecrets(secrets: ConsulSecrets): string {
  const { gossipKey, agentToken, dnsToken, managementToken, registrationToken } = secrets;
  const tokens = {
    agent: agentToken,
    config_file_service_registration: registrationToken,
    dns: dnsToken,
    initial_management: managementToken,
  };
  return renderJson({
    encrypt: gossipKey,
    acl: Object.values(tokens).some((token) => token !== undefined) ? { tokens } : undefined,
  });
}
