import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs/promises";
import { type AddressInfo, connect, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Server, type ServerChannel, type Connection as ServerClient, type SFTPWrapper, utils } from "ssh2";
import type { Connection } from "../../offline/plugins/command/connection";
import { copyToRemote, type RemoteRun, runRemote } from "../../offline/plugins/command/ssh";
import { Archive, Asset, type Context } from "../../offline/plugins/kit/definition";

jest.setTimeout(60_000);

const { STATUS_CODE } = utils.sftp;

/** An SSH server on a loopback port: a password, commands by /bin/sh, files by a little SFTP. */
class Sshd {
  readonly accepts = new Set<string>(["ALLOWED"]);
  readonly publicKey: string;
  logins = 0;
  private readonly server: Server;
  private readonly clients = new Set<ServerClient>();

  constructor() {
    const pair = keyPair();
    this.publicKey = pair.public;
    this.server = new Server({ hostKeys: [pair.private] }, (client) => {
      this.clients.add(client.on("error", () => {}).on("close", () => this.clients.delete(client)));
      client.on("authentication", (attempt) => {
        this.logins++;
        if (attempt.method === "password" && attempt.password === "right") attempt.accept();
        else attempt.reject(["password"]);
      });
      client.on("tcpip", (accept, _reject, info) => {
        const socket = connect(info.destPort, info.destIP);
        const channel = accept();
        channel.on("close", () => socket.destroy());
        socket.on("error", () => channel.destroy());
        socket.pipe(channel).pipe(socket);
      });
      client.on("session", (accept) => {
        const session = accept();
        const environment: NodeJS.ProcessEnv = { PATH: process.env.PATH };
        session.on("env", (acceptVariable, rejectVariable, info) => {
          if (this.accepts.has(info.key)) environment[info.key] = (info as { val: string }).val;
          (this.accepts.has(info.key) ? acceptVariable : rejectVariable)?.();
        });
        session.on("exec", (acceptExec, _reject, info) => {
          if (info.command !== "at once") {
            run(acceptExec(), info.command, environment);
            return;
          }
          // The start, the output and the end of a command in one packet, as a quick one's may come.
          const socket = (client as unknown as { _sock: Socket })._sock;
          socket.cork();
          const channel = acceptExec();
          channel.write("done");
          channel.exit(0);
          channel.end();
          socket.uncork();
        });
        session.on("sftp", (acceptSftp) => serveFiles(acceptSftp()));
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", () => resolve()));
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    for (const client of this.clients) client.end();
    this.server.close();
  }
}

function keyPair(): { readonly private: string; readonly public: string } {
  const pem = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
  const parsed = utils.parseKey(pem);
  if (parsed instanceof Error) throw parsed;
  return { private: pem, public: `ssh-rsa ${parsed.getPublicSSH().toString("base64")}` };
}

function run(channel: ServerChannel, command: string, env: NodeJS.ProcessEnv): void {
  const child = spawn("/bin/sh", ["-c", command], { env, detached: true });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => {});
  child.stdout.on("data", (chunk) => channel.write(chunk));
  child.stderr.on("data", (chunk) => channel.stderr.write(chunk));
  channel.on("close", () => child.exitCode ?? child.signalCode ?? process.kill(-(child.pid as number), "SIGKILL"));
  child.on("close", (code, signal) => {
    if (signal) channel.exit(signal.slice(3));
    else channel.exit(code ?? 1);
    channel.end();
  });
}

function serveFiles(sftp: SFTPWrapper): void {
  const open = new Map<number, fs.FileHandle>();
  const answer = (id: number, work: Promise<unknown>) =>
    work.then(
      () => sftp.status(id, STATUS_CODE.OK),
      (error) => sftp.status(id, error.code === "ENOENT" ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE),
    );
  const stats = (id: number, file: string) =>
    fs.stat(file).then(
      ({ mode, size, uid, gid }) => sftp.attrs(id, { mode, size, uid, gid, atime: 0, mtime: 0 }),
      () => sftp.status(id, STATUS_CODE.NO_SUCH_FILE),
    );
  sftp.on("STAT", stats).on("LSTAT", stats);
  sftp.on("MKDIR", (id, file) => void answer(id, fs.mkdir(file)));
  sftp.on("OPEN", (id, file) => {
    fs.open(file, "w").then(
      (handle) => {
        open.set(handle.fd, handle);
        const name = Buffer.alloc(4);
        name.writeUInt32BE(handle.fd);
        sftp.handle(id, name);
      },
      () => sftp.status(id, STATUS_CODE.FAILURE),
    );
  });
  sftp.on("FSTAT", (id) => void sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
  sftp.on("FSETSTAT", (id) => void sftp.status(id, STATUS_CODE.OK));
  sftp.on("WRITE", (id, handle, offset, data) => {
    const file = open.get(handle.readUInt32BE(0)) as fs.FileHandle;
    void answer(id, file.write(data, 0, data.length, offset));
  });
  sftp.on("CLOSE", (id, handle) => {
    const file = open.get(handle.readUInt32BE(0)) as fs.FileHandle;
    open.delete(handle.readUInt32BE(0));
    void answer(id, file.close());
  });
}

describe("commands and copies over SSH", () => {
  let sshd: Sshd;
  let connection: Connection;
  let folder: string;
  let logged: string[];
  let shown: string[];
  let abort: AbortController;

  beforeEach(async () => {
    sshd = new Sshd();
    connection = {
      host: "127.0.0.1",
      port: await sshd.listen(),
      user: "root",
      password: "right",
      hostKey: sshd.publicKey,
      dialErrorLimit: 0,
      perDialTimeout: 5,
    };
    folder = await fs.mkdtemp(path.join(os.tmpdir(), "hs-test-ssh-"));
    logged = [];
    shown = [];
    abort = new AbortController();
  });
  afterEach(async () => {
    sshd.close();
    await fs.rm(folder, { recursive: true, force: true });
  });

  const context = (): Context => ({
    urn: "urn",
    name: "r",
    config: undefined,
    signal: abort.signal,
    timeoutMs: undefined,
    log: (severity, message) => logged.push(`${severity}: ${message}`),
    status: (line) => shown.push(line),
  });
  const execute = (command: string, more: Partial<RemoteRun> = {}) =>
    runRemote({ connection, command, environment: {}, previous: {}, ...more }, context());

  it("see the end of a command that ends at once", async () => {
    expect(await execute("at once")).toEqual({ stdout: "done", stderr: "" });
  });

  it("run a command with its input, and show what it prints", async () => {
    expect(await execute("cat; echo warn >&2", { stdin: "in\n\n" })).toEqual({ stdout: "in\n", stderr: "warn" });
    expect(shown.sort()).toEqual(["", "in", "warn"]);
    shown = [];
    await execute("echo quiet", { logging: "none" });
    expect(shown).toEqual([]);
  });

  it("fail in the official plugin's words", async () => {
    await expect(execute("echo a; echo b >&2; exit 3")).rejects.toThrow(
      /^Process exited with status 3: running "echo a; echo b >&2; exit 3":\n/,
    );
  });

  it("pass variables that the server accepts, and refuse to run without the others", async () => {
    expect((await execute('echo "$ALLOWED"', { environment: { ALLOWED: "x y" } })).stdout).toBe("x y");
    const ran = path.join(folder, "ran");
    await expect(execute(`touch ${ran}`, { environment: { OTHER: "x" } })).rejects.toThrow(
      'could not set environment variable "OTHER"',
    );
    await expect(fs.stat(ran)).rejects.toThrow();
    expect((await execute("echo on", { previous: { PULUMI_COMMAND_STDOUT: "x" } })).stdout).toBe("on");
    expect(logged.join()).toContain("warning: Unable to set 'PULUMI_COMMAND_STDOUT'");
  });

  it("trust the pinned host key only, without trying again", async () => {
    const other = keyPair().public;
    const start = Date.now();
    await expect(
      execute("true", { connection: { ...connection, hostKey: other, dialErrorLimit: 10 } }),
    ).rejects.toThrow("host key mismatch");
    expect(sshd.logins).toBe(0);
    expect(Date.now() - start).toBeLessThan(5000);
    await expect(execute("true", { connection: { ...connection, hostKey: "nonsense" } })).rejects.toThrow(
      "no public key",
    );
  });

  it("try again as often as asked", async () => {
    const wrong = { ...connection, password: "wrong", dialErrorLimit: 2 };
    await expect(execute("true", { connection: wrong })).rejects.toThrow(/^dial root@127.0.0.1:\d+: /);
    expect(shown.filter((line) => line.startsWith("Dial"))).toHaveLength(2);
  });

  it("go through another machine", async () => {
    const gateway = new Sshd();
    const port = await gateway.listen();
    try {
      const proxy = { ...connection, port, hostKey: gateway.publicKey };
      expect((await execute("echo through", { connection: { ...connection, proxy } })).stdout).toBe("through");
      expect(gateway.logins).toBeGreaterThan(0);
    } finally {
      gateway.close();
    }
  });

  it("stop when they are cancelled", async () => {
    const running = execute("echo started; sleep 60");
    const start = Date.now();
    while (!shown.includes("started")) await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow();
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  const copy = (source: Asset | Archive, to: string) => copyToRemote(connection, source, to, context());

  it("put texts, files and folders where the official plugin puts them", async () => {
    const from = path.join(folder, "from");
    const to = path.join(folder, "to");
    await fs.mkdir(path.join(from, "deep"), { recursive: true });
    await fs.mkdir(to);
    await fs.writeFile(path.join(from, "a"), "a".repeat(200_000));
    await fs.writeFile(path.join(from, "deep/b"), "b");

    await copy(new Asset({ text: "text é" }), path.join(to, "text"));
    await copy(new Asset({ path: path.join(from, "a") }), to);
    await copy(new Asset({ path: path.join(from, "a") }), path.join(to, "renamed"));
    await copy(new Archive({ path: from }), to);
    await copy(new Archive({ path: `${from}/` }), path.join(to, "new"));
    await copy(new Archive({ path: from }), to);
    const { stdout } = await promisify(execFile)("find", [to, "-type", "f", "-printf", "%P %s\n"]);
    expect(stdout.trim().split("\n").sort()).toEqual([
      "a 200000",
      "from/a 200000",
      "from/deep/b 1",
      "new/a 200000",
      "new/deep/b 1",
      "renamed 200000",
      "text 7",
    ]);
    await expect(copy(new Asset({ text: "x" }), to)).rejects.toThrow("is a directory");
    await expect(copy(new Archive({ path: from }), path.join(to, "text"))).rejects.toThrow("is not a directory");
  });
});
