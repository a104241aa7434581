import { timingSafeEqual } from "node:crypto";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ConnectConfig } from "ssh2";
import type { Context } from "../kit";
import type { Connection, Endpoint } from "./connection";

/** The wait between two attempts, in milliseconds: grows by half each time up to the longest. */
const retry = { first: 100, factor: 1.5, longest: 5000 };

/** Connects, works and disconnects; a cancelled run disconnects at once. */
export async function withClient<T>(
  connection: Connection,
  context: Context,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const clients: Client[] = [];
  const abort = () => {
    for (const client of [...clients].reverse()) client.destroy();
  };
  context.signal.addEventListener("abort", abort, { once: true });
  try {
    const client = await dial(connection, context, clients);
    const lost = new Promise<never>((_, reject) => {
      client.on("error", (error) => reject(new Error(`${describe(connection)}: ${error.message}`)));
      client.on("close", () => reject(context.signal.reason ?? new Error(`${describe(connection)}: connection lost`)));
    });
    // Whoever is done first decides; the other's end is no news then.
    lost.catch(() => {});
    return await Promise.race([work(client), lost]);
  } finally {
    context.signal.removeEventListener("abort", abort);
    for (const client of [...clients].reverse()) client.end();
  }
}

async function dial(connection: Connection, context: Context, clients: Client[]): Promise<Client> {
  const { proxy } = connection;
  if (proxy === undefined) return dialEndpoint(connection, context, clients, async () => undefined);
  const gateway = await dialEndpoint(proxy, context, clients, async () => undefined);
  return dialEndpoint(connection, context, clients, () => tunnel(gateway, connection));
}

async function tunnel(gateway: Client, to: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) =>
    gateway.forwardOut("127.0.0.1", 0, to.host, to.port, (error, stream) => (error ? reject(error) : resolve(stream))),
  );
}

/** Retries as often as `dialErrorLimit` says: a machine that was just made may not listen yet. */
async function dialEndpoint(
  endpoint: Endpoint,
  context: Context,
  clients: Client[],
  through: () => Promise<Duplex | undefined>,
): Promise<Client> {
  const limit = endpoint.dialErrorLimit;
  let wait = retry.first;
  for (let failures = 1; ; failures++) {
    context.signal.throwIfAborted();
    try {
      const client = await connect(endpoint, await through());
      clients.push(client);
      return client;
    } catch (error) {
      if (error instanceof HostKeyError || (limit >= 0 && failures > limit)) {
        throw new Error(`dial ${describe(endpoint)}: ${error instanceof Error ? error.message : error}`);
      }
      context.status(`Dial ${failures}/${limit < 0 ? "∞" : limit + 1} failed: retrying`);
      await sleep(wait, undefined, { signal: context.signal });
      wait = Math.min(wait * retry.factor, retry.longest);
    }
  }
}

class HostKeyError extends Error {}

function connect(endpoint: Endpoint, sock: Duplex | undefined): Promise<Client> {
  const client = new Client();
  let wrongKey: HostKeyError | undefined;
  const config: ConnectConfig = {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    password: endpoint.password,
    privateKey: endpoint.privateKey,
    passphrase: endpoint.privateKeyPassword,
    agent: endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK,
    tryKeyboard: endpoint.password !== undefined,
    // 0 means no limit to the SSH client as well.
    readyTimeout: endpoint.perDialTimeout * 1000,
    keepaliveInterval: 15_000,
    sock,
  };
  if (endpoint.hostKey !== undefined) {
    const expected = parseHostKey(endpoint.hostKey);
    config.algorithms = { serverHostKey: hostKeyAlgorithms(expected.type) as never };
    config.hostVerifier = (key: Buffer) => {
      const same = key.length === expected.key.length && timingSafeEqual(key, expected.key);
      if (!same) wrongKey = new HostKeyError("ssh: host key mismatch: the server does not have the key in `hostKey`");
      return same;
    };
  }
  return new Promise((resolve, reject) => {
    client
      .on("ready", () => resolve(client))
      .on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
        answer(prompts.map(() => endpoint.password ?? "")),
      )
      .on("error", (error) => {
        client.destroy();
        reject(wrongKey ?? error);
      })
      .on("close", () => reject(wrongKey ?? new Error("the server closed the connection")))
      .connect(config);
  });
}

/** Takes `ssh-ed25519 AAAA…`, with a host name before it (known_hosts) or a comment behind it. */
export function parseHostKey(text: string): { readonly type: string; readonly key: Buffer } {
  const words = text.trim().split(/\s+/);
  for (const [i, word] of words.entries()) {
    const blob = words[i + 1];
    if (blob === undefined || !/^(ssh-|ecdsa-|sk-)/.test(word)) continue;
    const key = Buffer.from(blob, "base64");
    if (key.length > 4 && key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1") === word) {
      return { type: word, key };
    }
  }
  throw new HostKeyError('`hostKey` is no public key; it must look like "ssh-ed25519 AAAA…", as in known_hosts');
}

/** Asks the server for the key of the kind that is pinned, not for the one it would rather show. */
function hostKeyAlgorithms(type: string): string[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
}

function describe(endpoint: Endpoint): string {
  return `${endpoint.user}@${endpoint.host}:${endpoint.port}`;
}
