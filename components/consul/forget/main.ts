import { text } from "node:stream/consumers";
import { retry } from "../../api/retry";
import { accessorsOf } from "../acl/tokens";
import { callConsul } from "../call";
import { aliveIn, namesIn } from "../members";

/** What the process is told. */
export interface ForgetRequest {
  /** URLs of Consul's servers; any that answers will do. */
  readonly servers: readonly string[];
  readonly ca?: string;
  /** Token that may do everything; absent where there are no ACLs, and so no tokens of agents. */
  readonly managementToken?: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** The host that left. */
  readonly host: string;
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/**
 * The process that takes a host out of Consul once its agents are gone: out of the catalogue, which would list it as failed
 * for three days, and its tokens. It never fails: whoever destroys a cluster that does not answer any more must be able to.
 */
async function main(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as ForgetRequest;
  const { servers, ca, managementToken, cluster, host, timeoutSeconds } = request;
  try {
    await retry(timeoutSeconds, `taking ${host} out of Consul`, async (attempt) => {
      const server = servers[attempt % servers.length];
      const call = (method: string, path: string, accepted?: readonly number[]) =>
        callConsul({ ca, managementToken, timeoutMs: 5000 }, method, `${server}${path}`, undefined, accepted);
      const members = await call("GET", "/v1/agent/members");
      // Those that agree on who has failed take some seconds; whoever is alive would only contradict.
      if (aliveIn(members).includes(host)) {
        throw new Error("its agent is still there");
      }
      if (namesIn(members).includes(host)) {
        await call("PUT", `/v1/agent/force-leave/${host}?prune`);
      }
      const tokens = managementToken ? accessorsOf(cluster, host) : [];
      await Promise.all(tokens.map((accessor) => call("DELETE", `/v1/acl/token/${accessor}`, [404])));
    });
  } catch (error) {
    console.error((error as Error).message);
  }
}

main();
