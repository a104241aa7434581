import type { StackConfig } from "../config/schema";

/** Vault, as Nomad's agents know it. */
export interface VaultPlan {
  /** URL of its API. */
  readonly address: string;
  /** Certificate of the authority to trust for it, in PEM. @default the machine's own authorities */
  readonly authority?: string;
  readonly namespace?: string;
  /** Where its JWT auth method for this cluster is mounted. */
  readonly authPath: string;
  /** Role of tasks that name none. */
  readonly role: string;
}

/** Nothing where the configuration names no Vault. */
export function planVault(vault: StackConfig["vault"], authority: string | undefined): VaultPlan | undefined {
  const { address, namespace, authPath, role } = vault;
  return address === undefined
    ? undefined
    : { address, ...(authority ? { authority } : {}), ...(namespace ? { namespace } : {}), authPath, role };
}
