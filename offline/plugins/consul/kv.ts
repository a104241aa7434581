import { doing } from "../hashicorp/errors";
import type { ConsulClient } from "./client";

/** A key of Consul's store with its value. */
export interface KeyValue {
  readonly path: string;
  readonly value: string;
  readonly flags: number;
}

interface ApiKey {
  readonly Key: string;
  readonly Value: string | null;
  readonly Flags: number;
}

/** Consul's key-value store in one datacenter. */
export class KeyStore {
  constructor(
    private readonly client: ConsulClient,
    /** Empty for the agent's own. */
    private readonly datacenter: string,
    private readonly signal: AbortSignal,
  ) {}

  async put({ path, value, flags = 0 }: { path: string; value: string; flags?: number }): Promise<void> {
    const options = { text: value, query: { dc: this.datacenter, flags: flags || undefined }, signal: this.signal };
    await doing(`error writing the key ${JSON.stringify(path)}`, () => this.client.request("PUT", at(path), options));
  }

  /** Deletes a key, or everything below a prefix; what is gone already is no error. */
  async delete(path: string, below = false): Promise<void> {
    const query = { dc: this.datacenter, recurse: below || undefined };
    await doing(`error deleting the key ${JSON.stringify(path)}`, () =>
      this.client.deleteIfThere(at(path), { query, signal: this.signal }),
    );
  }

  async get(path: string): Promise<KeyValue | undefined> {
    return (await this.#find(path, false))[0];
  }

  /** Everything below a prefix. */
  list(prefix: string): Promise<KeyValue[]> {
    return this.#find(prefix, true);
  }

  async #find(path: string, below: boolean): Promise<KeyValue[]> {
    const query = { dc: this.datacenter, recurse: below || undefined };
    const found = await doing(`error reading the key ${JSON.stringify(path)}`, () =>
      this.client.find<ApiKey[]>(at(path), { query, signal: this.signal }),
    );
    return (found ?? []).map(({ Key, Value, Flags }) => ({
      path: Key,
      value: Buffer.from(Value ?? "", "base64").toString("utf8"),
      flags: Flags,
    }));
  }
}

function at(path: string): string {
  return `/v1/kv/${path.split("/").map(encodeURIComponent).join("/")}`;
}
