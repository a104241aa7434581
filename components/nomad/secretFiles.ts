import { holderOf } from "../consul/acl/holderNames";
import type { SecretFile } from "../hosts/host";
import { nomadNames } from "../security/certificates";
import { secretFile } from "../security/secretFile";
import type { Security } from "../security/security";
import type { NomadClientPlan, NomadServerPlan } from "../topology";
import { renderNomadSecrets } from "./agentConfig";

/** What only this Nomad server may read. */
export function serverSecretFiles(plan: NomadServerPlan, security: Security): SecretFile[] {
  const holder = holderOf.nomadServer(plan.host);
  return [
    ...security.certificateFiles(holder, nomadNames("server", plan)),
    ...secretFile(
      "secrets.json",
      { gossipKey: security.gossip?.nomad, consulToken: security.tokenIfAcl(holder) },
      renderNomadSecrets,
    ),
  ];
}

/** What only this Nomad client may read. */
export function clientSecretFiles(plan: NomadClientPlan, security: Security): SecretFile[] {
  const holder = holderOf.nomadClient(plan.host);
  return [
    ...security.certificateFiles(holder, nomadNames("client", plan)),
    ...secretFile("secrets.json", { consulToken: security.tokenIfAcl(holder) }, renderNomadSecrets),
  ];
}
