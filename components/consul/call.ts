import { ask, saidIn } from "../api/request";

/** What a process of this project shows to Consul. */
export interface Caller {
  readonly ca?: string;
  /** Absent where there are no ACLs. */
  readonly managementToken?: string;
  /** Milliseconds that a call may take. */
  readonly timeoutMs: number;
}

/**
 * Calls Consul's API.
 *
 * @param accepted statuses that are as good as a 200
 * @returns the body
 * @throws Error with what was asked and answered, for every other status
 */
export async function callConsul(
  { ca, managementToken, timeoutMs }: Caller,
  method: string,
  url: string,
  body?: unknown,
  accepted: readonly number[] = [],
): Promise<unknown> {
  const headers: Record<string, string> = managementToken ? { "x-consul-token": managementToken } : {};
  const answer = await ask(url, { method, body, headers, ca, timeoutMs });
  if (answer.status !== 200 && !accepted.includes(answer.status)) {
    throw new Error(`${method} ${url} answers ${saidIn(answer)}`);
  }
  return "body" in answer ? answer.body : undefined;
}
