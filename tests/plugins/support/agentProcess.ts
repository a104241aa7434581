import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real agent of a product on this machine, with a folder of its own that holds its settings, data and log. */
export class AgentProcess {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly product: string,
    readonly folder: string,
  ) {}

  static async prepare(product: string): Promise<AgentProcess> {
    const folder = await mkdtemp(path.join(os.tmpdir(), `hs-test-${product.toLowerCase()}-agent-`));
    return new AgentProcess(product, folder);
  }

  /** Starts a command and waits for it to be ready; one that does not get there is ended, and its log told. */
  async start(
    command: readonly [string, ...string[]],
    ready: () => Promise<void>,
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<void> {
    const log = path.join(this.folder, "agent.log");
    this.child = spawn("sh", ["-c", `log="$1"; shift; exec "$@" > "$log" 2>&1`, "sh", log, ...command], {
      env,
      stdio: "ignore",
    });
    try {
      await ready();
    } catch (error) {
      const said = (await readFile(log, "utf8").catch(() => "")).slice(-4000);
      await this.stop("SIGTERM");
      throw new Error(`${(error as Error).message}; its log ends with:\n${said}`);
    }
  }

  /** Repeats a look until it is true, or the agent has ended. */
  async until(what: string, look: () => Promise<boolean>, limitMs = 90_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    let last = "";
    while (Date.now() < deadline) {
      try {
        if (await look()) return;
      } catch (error) {
        last = (error as Error).message;
      }
      if (this.child?.exitCode !== null) break;
      await sleep(200);
    }
    throw new Error(`${this.product} did not get to ${what} in ${limitMs / 1000} s (${last})`);
  }

  /** Ends the agent and removes its folder. */
  async stop(signal: NodeJS.Signals, clean: () => Promise<void> = async () => {}): Promise<void> {
    const { child } = this;
    const ended = child?.exitCode === null && new Promise((resolve) => child.once("exit", resolve));
    child?.kill(signal);
    await Promise.race([ended, sleep(20_000, undefined, { ref: false })]);
    child?.kill("SIGKILL");
    await clean();
    await rm(this.folder, { recursive: true, force: true });
  }
}
