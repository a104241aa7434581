import { text } from "node:stream/consumers";
import { ask, saidIn } from "../../api/request";
import { retry } from "../../api/retry";
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
  const call = async (method: string, path: string, body?: unknown, accepted: readonly number[] = []) => {
    const url = `${server}${path}`;
    const headers = { "x-consul-token": request.managementToken };
    const answer = await ask(url, { method, body, headers, ca: request.ca, timeoutMs: 10_000 });
    if (answer.status !== 200 && !accepted.includes(answer.status)) {
      throw new Error(`${method} ${url} answers ${saidIn(answer)}`);
    }
    return "body" in answer ? answer.body : undefined;
  };
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
