import type { FabioPlan } from "../topology";

/**
 * Nomad namespace of Fabio's job alone: tasks may do in Consul what the role of their namespace may, and no other job
 * shall register itself as Fabio.
 */
export const fabioNamespace = "ingress";

/** Fabio as a system job of Nomad: one task on each ingress host. */
export interface FabioJobPlan {
  /** Job id in Nomad. */
  readonly id: string;
  readonly namespace: string;
  readonly region: string;
  /** Nodes that it runs on, and no others. */
  readonly nodes: readonly string[];
  /** Settings of the first Fabio: all others differ from it in host and address alone. */
  readonly settings: FabioPlan;
}

/** The job that runs these Fabios; none where there are none. */
export function planFabioJob(fabios: readonly FabioPlan[], region: string): FabioJobPlan | undefined {
  const [settings] = fabios;
  return (
    settings && {
      id: "fabio",
      namespace: fabioNamespace,
      region,
      nodes: fabios.map(({ host }) => host),
      settings,
    }
  );
}
