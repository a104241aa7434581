import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient, type ApiConnection, ApiError, type RequestOptions } from "../hashicorp/client";

const product = { name: "Consul", tokenHeader: "X-Consul-Token", tokenSetting: "token" };

/** Milliseconds for a cluster to elect a leader, and between two tries. */
const election = { limitMs: 30_000, everyMs: 500 };

/** Consul's HTTP API over one connection. */
export class ConsulClient extends ApiClient {
  #datacenter: string | undefined;

  constructor(connection: ApiConnection & { readonly datacenter?: string }) {
    super(product, connection);
    this.#datacenter = connection.datacenter;
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

  /**
   * As {@link find}. Consul also says 403 of what is not there; but a 403 without that sentence means that it does not
   * know the token, and then nobody has seen that anything is gone.
   */
  async findAcl<T>(path: string, options?: RequestOptions): Promise<T | undefined> {
    try {
      return await this.find<T>(path, options);
    } catch (error) {
      if (error instanceof ApiError && /does not exist: ACL not found/.test(error.answer)) return undefined;
      throw error;
    }
  }

  /** Datacenter that the provider names, or else the agent's; empty where the token may not ask the agent. */
  async datacenter(signal?: AbortSignal): Promise<string> {
    if (this.#datacenter !== undefined) return this.#datacenter;
    try {
      const self = await this.get<{ Config: { Datacenter: string } }>("/v1/agent/self", { signal });
      this.#datacenter = self.Config.Datacenter;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 403)) throw error;
      this.#datacenter = "";
    }
    return this.#datacenter;
  }
}
