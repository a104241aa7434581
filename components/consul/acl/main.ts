import { text } from "node:stream/consumers";
import { retry } from "../../api/retry";
import { callConsul } from "../call";
import { aliveIn } from "../members";
import { type ApiToken, type TokenRequest, tokenChanges } from "./tokens";

/** The process behind `AgentTokens`: makes Consul hold exactly the tokens that it reads from standard input. */
async function main(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as TokenRequest;
  await retry(request.timeoutSeconds, "Consul's tokens", (attempt) => keep(request, attempt));
  // Standard output lands in the state: the same words at every run.
  console.log(`${request.tokens.length} tokens of agents`);
}

async function keep(request: TokenRequest, attempt: number): Promise<void> {
  const server = request.servers[attempt % request.servers.length] ?? "";
  const { ca, managementToken } = request;
  const call = (method: string, path: string, body?: unknown, accepted?: readonly number[]) =>
    callConsul({ ca, managementToken, timeoutMs: 10_000 }, method, `${server}${path}`, body, accepted);
  const found = (await call("GET", "/v1/acl/tokens")) as ApiToken[];
  const alive = aliveIn(await call("GET", "/v1/agent/members"));
  const { remove, create, update } = tokenChanges(request, found, alive);
  for (const accessor of remove) {
    await call("DELETE", `/v1/acl/token/${accessor}`, undefined, [404]);
  }
  for (const token of create) {
    await call("PUT", "/v1/acl/token", token);
  }
  for (const token of update) {
    await call("PUT", `/v1/acl/token/${token.AccessorID}`, token);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
