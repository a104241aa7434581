import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePorts } from "./freePorts";

const run = promisify(execFile);

/** A real Nomad, server and client in one, on loopback ports of its own, with ACLs and the raw_exec driver. */
export class NomadAgent {
  private constructor(
    /** URL of its HTTP API. */
    readonly address: string,
    /** A management token. */
    readonly token: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * Starts an agent and waits until its node is ready.
   *
   * @param settings what its configuration has beside or in place of the usual
   */
  static async start(nomad: string, settings: object = {}): Promise<NomadAgent> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-nomad-agent-"));
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
    const log = path.join(folder, "agent.log");
    const child = spawn(
      "sh",
      ["-c", `exec "$0" agent -dev -config "$1/agent.hcl" -config "$1/more.json" > "$2" 2>&1`, nomad, folder, log],
      {
        env: environment,
        stdio: "ignore",
      },
    );
    const agent = new NomadAgent(`http://127.0.0.1:${http}`, "00000000-0000-4000-8000-00000000cafe", folder, child);
    try {
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
      return agent;
    } catch (error) {
      const said = (await readFile(log, "utf8").catch(() => "")).slice(-4000);
      await agent.stop();
      throw new Error(`${(error as Error).message}; its log ends with:\n${said}`);
    }
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
  async until(what: string, look: () => Promise<boolean>, limitMs = 90_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    let last = "";
    while (Date.now() < deadline) {
      try {
        if (await look()) return;
      } catch (error) {
        last = (error as Error).message;
      }
      if (this.child.exitCode !== null) break;
      await sleep(200);
    }
    throw new Error(`Nomad did not get to ${what} in ${limitMs / 1000} s (${last})`);
  }

  /** Ends the agent, what it runs, and its folder. */
  async stop(): Promise<void> {
    const ended = this.child.exitCode === null && new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGINT");
    await Promise.race([ended, sleep(20_000, undefined, { ref: false })]);
    this.child.kill("SIGKILL");
    // Allocations leave mounts behind.
    const mounts = (await readFile("/proc/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
    for (const mount of mounts.filter((at) => at.startsWith(`${this.folder}/`)).reverse()) {
      await run("umount", ["-l", mount]).catch(() => undefined);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
