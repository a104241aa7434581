import { text } from "node:stream/consumers";
import { ask, saidIn } from "../../api/request";
import { retry } from "../../api/retry";

/** What the process is told. */
export interface BootstrapRequest {
  /** URLs of the servers; any that answers will do. */
  readonly servers: readonly string[];
  readonly ca?: string;
  /** The token that may do everything: chosen before, so that it cannot be lost between here and the state. */
  readonly managementToken: string;
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** The process behind `NomadAcl`: makes the chosen token Nomad's first one, once. Safe to run again. */
async function main(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as BootstrapRequest;
  const { foreign } = await retry(request.timeoutSeconds, "Nomad's ACL bootstrap", (n) => bootstrap(request, n));
  if (foreign) {
    throw new Error(
      "Nomad's ACLs were bootstrapped by somebody else: its first token is not this stack's. If this is a cluster of " +
        "yours from before, remove its data or reset the bootstrap " +
        "(https://developer.hashicorp.com/nomad/docs/secure/acl/bootstrap#re-bootstrap-acl-system); if it is not, " +
        "whoever reached its API first owns it now: take it down.",
    );
  }
  // Standard output lands in the state: the same words at every run.
  console.log("Nomad's ACLs are bootstrapped");
}

async function bootstrap(request: BootstrapRequest, attempt: number): Promise<{ foreign: boolean }> {
  const server = request.servers[attempt % request.servers.length] ?? "";
  const { ca, managementToken } = request;
  const self = await ask(`${server}/v1/acl/token/self`, {
    headers: { "x-nomad-token": managementToken },
    ca,
    timeoutMs: 10_000,
  });
  if (self.status === 200) {
    return { foreign: false };
  }
  const url = `${server}/v1/acl/bootstrap`;
  const answer = await ask(url, {
    method: "POST",
    body: { BootstrapSecret: managementToken },
    ca,
    timeoutMs: 10_000,
  });
  if (answer.status === 200) {
    return { foreign: false };
  }
  const said = saidIn(answer);
  // Two runs of this process may meet: the next attempt finds the token of the other one.
  if (self.status === 403 && /bootstrap already done/i.test(said) && attempt > 0) {
    return { foreign: true };
  }
  throw new Error(`POST ${url} answers ${said}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
