import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient, type ApiConnection, ApiError, type RequestOptions } from "../hashicorp/client";

const product = { name: "Consul", tokenHeader: "X-Consul-Token", tokenSetting: "token" };

/** Milliseconds for a cluster to elect a leader, and between two tries. */
const election = { limitMs: 30_000, everyMs: 500 };

/** Consul's HTTP API over one connection. */
export class ConsulClient extends ApiClient {
  constructor(connection: ApiConnection) {
    super(product, connection);
  }

  /** As in the base; while there is no leader, and the ACL system waits for one, the request is sent again. */
  override async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const deadline = Date.now() + election.limitMs;
    for (;;) {
      try {
        return await super.request<T>(method, path, options);
      } catch (error) {
        const passing = error instanceof ApiError && /no cluster leader|rpc error making call: EOF/i.test(error.answer);
        if (!passing || Date.now() > deadline) throw error;
        await sleep(election.everyMs, undefined, { signal: options.signal });
      }
    }
  }

  /** As {@link find}; Consul says of some things that are not there that nobody knows them, with other statuses. */
  async findAcl<T>(path: string, options?: RequestOptions): Promise<T | undefined> {
    try {
      return await this.find<T>(path, options);
    } catch (error) {
      if (error instanceof ApiError && /not found|Cannot find|does not exist/i.test(error.answer)) return undefined;
      throw error;
    }
  }
}
