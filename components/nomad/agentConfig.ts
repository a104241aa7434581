import { renderJson } from "../render";
import type { NomadClientPlan, NomadServerPlan } from "../topology";

/**
 * Configuration of one Nomad server agent.
 * @see https://developer.hashicorp.com/nomad/docs/configuration
 */
export function renderNomadServerConfig(plan: NomadServerPlan, dataDirectory: string): string {
  return renderJson({
    ...shared(plan, dataDirectory),
    server: {
      enabled: true,
      bootstrap_expect: plan.bootstrapExpect,
      server_join: { retry_join: plan.join, retry_interval: "2s" },
      // Nomad waits five times as long for a leader by default, to suit small cloud machines.
      raft_multiplier: 1,
    },
  });
}

/** Configuration of one Nomad client agent. */
export function renderNomadClientConfig(plan: NomadClientPlan, dataDirectory: string): string {
  const docker = plan.drivers.includes("docker");
  return renderJson({
    ...shared(plan, dataDirectory),
    client: {
      enabled: true,
      servers: plan.servers,
      // Publishes task ports on loopback only; elsewhere Nomad finds the interface of the default route.
      network_interface: plan.loopback ? "lo" : undefined,
      // Off those clouds each of them costs a start some seconds of waiting for an answer that never comes.
      options: {
        "fingerprint.denylist": "env_aws,env_gce,env_azure,env_digitalocean",
        "driver.allowlist": plan.drivers.join(","),
      },
    },
    plugin: docker
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
      : undefined,
  });
}

function shared(plan: NomadServerPlan | NomadClientPlan, dataDirectory: string): Record<string, unknown> {
  return {
    name: plan.host,
    region: plan.region,
    datacenter: plan.datacenter,
    data_dir: dataDirectory,
    log_level: plan.logLevel,
    bind_addr: plan.address,
    // Without it Nomad refuses to advertise a loopback address outside its development mode.
    advertise: { http: plan.address, rpc: plan.address, serf: plan.address },
    ports: plan.ports,
    consul: { address: `127.0.0.1:${plan.consulPort}` },
    disable_update_check: true,
    leave_on_terminate: false,
    leave_on_interrupt: false,
  };
}
