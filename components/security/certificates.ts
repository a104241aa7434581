import type { ConsulAgentPlan, NomadClientPlan, NomadServerPlan } from "../topology";

/** Names under which an agent is known to those who check its certificate. */
export interface CertificateNames {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Consul's servers are told by the name `server.<datacenter>.consul`, which no other certificate may carry. */
export function consulNames({ server, datacenter, host, address }: ConsulAgentPlan): CertificateNames {
  const own = `${server ? "server" : "client"}.${datacenter}.consul`;
  return names(own, [host, ...(server ? ["consul.service.consul"] : [])], address);
}

/** Nomad's agents are told by the names `server.<region>.nomad` and `client.<region>.nomad`. */
export function nomadNames(role: "server" | "client", plan: NomadServerPlan | NomadClientPlan): CertificateNames {
  const service = role === "server" ? "nomad.service.consul" : "nomad-client.service.consul";
  return names(`${role}.${plan.region}.nomad`, [plan.host, service], plan.address);
}

function names(own: string, others: readonly string[], address: string): CertificateNames {
  return {
    commonName: own,
    dnsNames: [own, "localhost", ...others],
    ipAddresses: [...new Set(["127.0.0.1", address])],
  };
}
