/** A node in Nomad's list of them: `/v1/nodes`. */
export interface NodeStub {
  readonly ID: string;
  readonly Name: string;
  readonly NodePool: string;
  readonly Status: string;
  readonly SchedulingEligibility: string;
  readonly Drain: boolean;
  readonly CreateIndex: number;
  readonly Drivers: Readonly<
    Record<string, { Detected: boolean; Healthy: boolean; HealthDescription?: string }>
  > | null;
}

/**
 * Nodes that are not down, in the order in which they registered. A client that was made anew stands beside its earlier
 * self, which Nomad takes for alive for some seconds more: of one name the last one counts.
 *
 * @param body what `/v1/nodes` answers
 */
export function nodesUp(body: unknown): NodeStub[] {
  return ((body ?? []) as readonly NodeStub[])
    .filter(({ Status }) => Status !== "down")
    .sort((a, b) => a.CreateIndex - b.CreateIndex);
}
