import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * Connections to a remote engine: each is a local `ssh` that runs `docker system dial-stdio` over there. That way the
 * person's own ssh configuration, agent and known hosts apply, as with the docker command line.
 *
 * @param target - `ssh://[user@]host[:port]`
 * @param options - further arguments for ssh, before the host.
 */
export class SshAgent extends Agent {
  private readonly children = new Set<ChildProcessWithoutNullStreams>();

  constructor(
    private readonly target: string,
    private readonly options: readonly string[],
  ) {
    super({ keepAlive: true, maxSockets: 4 });
  }

  override createConnection(): Duplex {
    const child = spawn("ssh", sshArguments(this.target, this.options));
    this.children.add(child);
    child.once("close", () => this.children.delete(child));
    return connectionOver(child, this.target);
  }

  override destroy(): void {
    super.destroy();
    for (const child of this.children) child.kill();
  }
}

/** The arguments of the `ssh` that opens one connection. */
export function sshArguments(target: string, options: readonly string[]): string[] {
  const url = new URL(target);
  const user = url.username === "" ? [] : ["-l", decodeURIComponent(url.username)];
  const port = url.port === "" ? [] : ["-p", url.port];
  return [
    ...options,
    ...user,
    ...port,
    "-T",
    "--",
    url.hostname.replace(/^\[|\]$/g, ""),
    "docker",
    "system",
    "dial-stdio",
  ];
}

function connectionOver(child: ChildProcessWithoutNullStreams, target: string): Duplex {
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  const connection = new Duplex({
    read: () => child.stdout.resume(),
    // A broken pipe says less than what ssh prints before it ends, which `close` tells.
    write: (chunk, encoding, done) => child.stdin.write(chunk, encoding, () => done()),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  const fail = (reason: string) => connection.destroy(new Error(`ssh to ${target} failed: ${reason}`));
  child.stdout.on("data", (chunk) => {
    if (!connection.push(chunk)) child.stdout.pause();
  });
  child.stdin.on("error", () => undefined);
  child.once("error", (error) => fail(error.message));
  child.once("close", (code) => {
    if (connection.destroyed) return;
    if (code === 0) connection.push(null);
    else fail(complaint.trim() || `it ended with code ${code}`);
  });
  // http.Agent expects a socket.
  return Object.assign(connection, {
    setKeepAlive: () => connection,
    setNoDelay: () => connection,
    setTimeout: () => connection,
    ref: () => connection,
    unref: () => connection,
  });
}
