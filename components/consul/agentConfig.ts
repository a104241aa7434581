import { canaryService } from "../fabio/canary";
import { renderJson } from "../render";
import type { ConsulAgentPlan } from "../topology";

/**
 * Configuration of one Consul agent.
 * @see https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file
 */
export function renderConsulConfig(plan: ConsulAgentPlan, dataDirectory: string): string {
  return renderJson({
    node_name: plan.host,
    datacenter: plan.datacenter,
    data_dir: dataDirectory,
    log_level: plan.logLevel,
    bind_addr: plan.address,
    // The agents beside it always ask over loopback; servers also answer whoever operates the cluster.
    client_addr: plan.server && !plan.loopback ? `127.0.0.1 ${plan.address}` : "127.0.0.1",
    ports: {
      http: plan.ports.http,
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
