import type { SecretFile } from "../hosts/host";
import { consulNames } from "../security/certificates";
import { secretFile } from "../security/secretFile";
import type { Security } from "../security/security";
import type { ConsulAgentPlan } from "../topology";
import { holderOf } from "./acl/holderNames";
import { renderConsulSecrets } from "./agentConfig";

/** What only this Consul agent may read. */
export function consulSecretFiles(plan: ConsulAgentPlan, security: Security): SecretFile[] {
  const holder = holderOf.consul(plan.host);
  const agentToken = security.tokenIfAcl(holder);
  return [
    ...security.certificateFiles(holder, consulNames(plan)),
    ...secretFile(
      "secrets.json",
      {
        gossipKey: security.gossip?.consul,
        agentToken,
        dnsToken: security.tokenIfAcl(holderOf.dns),
        managementToken: plan.server ? security.management?.consul : undefined,
        registrationToken: plan.canaryPort === undefined ? undefined : agentToken,
      },
      renderConsulSecrets,
    ),
  ];
}
