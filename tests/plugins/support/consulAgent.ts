import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import path from "node:path";
import { AgentProcess } from "./agentProcess";
import type { AgentCertificate } from "./certificates";
import { freePorts } from "./freePorts";

export interface ConsulAgentOptions {
  /** What it shows others and asks of them: HTTPS, and RPC with certificates both ways. */
  readonly certificate: AgentCertificate;
  /** Another agent whose gossip this one joins, as its client. Default: a server of its own. */
  readonly join?: ConsulAgent;
  /** Milliseconds until it has to know a leader. @default 60000 */
  readonly patienceMs?: number;
}

/** A real Consul on loopback ports of its own: HTTPS only, ACLs that deny by default, certificates both ways in RPC. */
export class ConsulAgent {
  private constructor(
    /** URL of its HTTPS API. */
    readonly address: string,
    /** Where others join its gossip. */
    readonly gossip: string,
    private readonly certificate: AgentCertificate,
    private readonly process: AgentProcess,
  ) {}

  /** Secret of a management token. */
  static readonly token = "00000000-0000-4000-8000-00000000cafe";

  /** Starts an agent and waits until it knows a leader. */
  static async start(
    consul: string,
    { certificate, join, patienceMs = 60_000 }: ConsulAgentOptions,
  ): Promise<ConsulAgent> {
    const process = await AgentProcess.prepare("Consul");
    const { folder } = process;
    const [https, serf, server] = await freePorts(3);
    for (const [name, pem] of Object.entries(certificate)) {
      await writeFile(path.join(folder, `${name}.pem`), pem, { mode: 0o600 });
    }
    const settings = {
      data_dir: path.join(folder, "data"),
      bind_addr: "127.0.0.1",
      node_name: join ? "client" : "server",
      log_level: "warn",
      ports: { http: -1, https, grpc: -1, grpc_tls: -1, dns: -1, serf_lan: serf, serf_wan: -1, server },
      performance: { raft_multiplier: 1 },
      acl: {
        enabled: true,
        default_policy: "deny",
        tokens: { initial_management: ConsulAgent.token, agent: ConsulAgent.token },
      },
      tls: {
        defaults: {
          ca_file: path.join(folder, "ca.pem"),
          cert_file: path.join(folder, "cert.pem"),
          key_file: path.join(folder, "key.pem"),
          verify_incoming: true,
          verify_outgoing: true,
        },
        https: { verify_incoming: false },
        internal_rpc: { verify_server_hostname: true },
      },
      ...(join ? { retry_join: [join.gossip] } : { server: true, bootstrap_expect: 1 }),
    };
    await writeFile(path.join(folder, "agent.json"), JSON.stringify(settings));
    const agent = new ConsulAgent(`https://127.0.0.1:${https}`, `127.0.0.1:${serf}`, certificate, process);
    await process.start([consul, "agent", "-config-file", `${folder}/agent.json`], () =>
      process.until(
        "a leader and its ACLs",
        async () => {
          const token = await agent.api<{ AccessorID: string }>("GET", "/v1/acl/token/self");
          return token.AccessorID !== "" && (await agent.api<string>("GET", "/v1/status/leader")) !== "";
        },
        patienceMs,
      ),
    );
    return agent;
  }

  /** A request to the API; an answer that is no success is an error. */
  async api<T>(method: string, route: string, body?: unknown, token = ConsulAgent.token): Promise<T> {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(
        this.address + route,
        { method, ca: this.certificate.ca, headers: token ? { "X-Consul-Token": token } : {} },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
    });
    if (status < 200 || status > 299) throw new Error(`${status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Value of a key, or undefined. */
  async key(name: string): Promise<string | undefined> {
    try {
      const [found] = await this.api<{ Value: string | null }[]>("GET", `/v1/kv/${name}`);
      return Buffer.from(found?.Value ?? "", "base64").toString();
    } catch (error) {
      if ((error as Error).message.startsWith("404")) return undefined;
      throw error;
    }
  }

  /** Ends the agent and removes its folder. */
  stop(): Promise<void> {
    return this.process.stop("SIGTERM");
  }
}
