interface Member {
  readonly Name: string;
  readonly Status: number;
}

/** Serf's number for a member that is alive. */
const serfAlive = 1;

/** Names of the members of the gossip, out of the body of `/v1/agent/members`: those too that failed or left. */
export function namesIn(members: unknown): string[] {
  return (members as readonly Member[]).map(({ Name }) => Name);
}

/** Names of those that are alive. */
export function aliveIn(members: unknown): string[] {
  return namesIn((members as readonly Member[]).filter(({ Status }) => Status === serfAlive));
}
