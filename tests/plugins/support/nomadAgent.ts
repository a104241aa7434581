import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { AgentProcess } from "./agentProcess";
import { freePorts } from "./freePorts";

const run = promisify(execFile);

/** A real Nomad, server and client in one, on loopback ports of its own, with ACLs and the raw_exec driver. */
export class NomadAgent {
  private constructor(
    /** URL of its HTTP API. */
    readonly address: string,
    /** A management token. */
    readonly token: string,
    private readonly process: AgentProcess,
  ) {}

  /**
   * Starts an agent and waits until its node is ready.
   *
   * @param settings what its configuration has beside or in place of the usual
   */
  static async start(nomad: string, settings: object = {}): Promise<NomadAgent> {
    const agentProcess = await AgentProcess.prepare("Nomad");
    const { folder } = agentProcess;
    const [http, rpc, serf] = await freePorts(3);
    await writeFile(
      path.join(folder, "agent.hcl"),
      `data_dir  = "${folder}/data"
bind_addr = "127.0.0.1"
log_level = "WARN"
ports { http = ${http} rpc = ${rpc} serf = ${serf} }
acl { enabled = true }
server {
  raft_multiplier = 1
}
client {
  network_interface = "lo"
  options { "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean" }
}
plugin "raw_exec" { config { enabled = true } }
consul { address = "127.0.0.1:1" client_auto_join = false server_auto_join = false auto_advertise = false }
`,
    );
    await writeFile(path.join(folder, "more.json"), JSON.stringify(settings));
    const { AWS_CA_BUNDLE: _unset, ...environment } = process.env;
    const agent = new NomadAgent(`http://127.0.0.1:${http}`, "00000000-0000-4000-8000-00000000cafe", agentProcess);
    const ready = async () => {
      await agent.until("the API", async () => {
        await agent.api("PUT", "/v1/acl/bootstrap", { BootstrapSecret: agent.token }, "");
        return true;
      });
      await agent.until("a ready node", async () => {
        const nodes = await agent.api<{ Status: string; Drivers: Record<string, { Healthy: boolean }> }[]>(
          "GET",
          "/v1/nodes",
        );
        return nodes.some(({ Status, Drivers }) => Status === "ready" && Drivers.raw_exec?.Healthy);
      });
    };
    const files = ["agent.hcl", "more.json"].flatMap((file) => ["-config", path.join(folder, file)]);
    await agentProcess.start([nomad, "agent", "-dev", ...files], ready, environment);
    return agent;
  }

  /** A request to the API; an answer that is no success is an error. */
  async api<T>(method: string, route: string, body?: unknown, token = this.token): Promise<T> {
    const response = await fetch(this.address + route, {
      method,
      headers: token ? { "X-Nomad-Token": token } : {},
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Repeats a look until it is true. */
  until(what: string, look: () => Promise<boolean>): Promise<void> {
    return this.process.until(what, look);
  }

  /** Ends the agent, what it runs, and its folder. */
  stop(): Promise<void> {
    const { folder } = this.process;
    return this.process.stop("SIGINT", async () => {
      // Allocations leave mounts behind.
      const mounts = (await readFile("/proc/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
      for (const mount of mounts.filter((at) => at.startsWith(`${folder}/`)).reverse()) {
        await run("umount", ["-l", mount]).catch(() => undefined);
      }
    });
  }
}
