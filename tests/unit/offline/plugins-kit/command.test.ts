import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHostKey } from "../../../../offline/plugins/command/dial";
import { compileGlob, findAssets } from "../../../../offline/plugins/command/glob";
import { goQuote } from "../../../../offline/plugins/command/goText";
import { collect } from "../../../../offline/plugins/command/output";
import { runLocal } from "../../../../offline/plugins/command/process";

describe("quoting as Go does", () => {
  it.each([
    ["a b", '"a b"'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
    ["\\", '"\\\\"'],
    ["\u0000\u001b\u007f", '"\\x00\\x1b\\x7f"'],
    ["tab\tbell\u0007", '"tab\\tbell\\a"'],
    ["приветÿ€😀", '"приветÿ€😀"'],
    ["\u00a0\u200b\u{e0001}", '"\\u00a0\\u200b\\U000e0001"'],
  ])("%j", (text, quoted) => {
    expect(goQuote(text)).toBe(quoted);
  });
});

describe("patterns for files", () => {
  it.each<[string, string, boolean]>([
    ["*.txt", "a.txt", true],
    ["*.txt", "dir/a.txt", false],
    ["**.txt", "dir/a.txt", true],
    ["assets/**", "assets/a/b.svg", true],
    ["?.t", "a.t", true],
    ["?.t", "/.t", false],
    ["{a,b}.t", "b.t", true],
    ["[!a].t", "a.t", false],
    ["[a-c].t", "b.t", true],
    ["a\\*.t", "a*.t", true],
    ["a.t", "abt", false],
  ])("%s and %s: %s", (pattern, path, matches) => {
    expect(compileGlob(pattern).test(path)).toBe(matches);
  });

  it("choose files in order, exclusions too", () => {
    const folder = mkdtempSync(join(tmpdir(), "hs-test-glob-"));
    try {
      mkdirSync(join(folder, "src"));
      for (const name of ["src/index.js", "src/secret.js", "top.txt"]) writeFileSync(join(folder, name), name);
      const assets = findAssets(folder, ["src/**.js", "!**secret.*"]);
      expect(Object.keys(assets)).toEqual(["src/index.js"]);
      expect(assets["src/index.js"]).toMatchObject({ source: { path: join(folder, "src/index.js") } });
      expect(assets["src/index.js"]?.hash).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("output of a command", () => {
  it("is shown line by line as asked, and kept as a whole", () => {
    const shown: string[] = [];
    const collector = collect("stdout", (line) => shown.push(line));
    const euro = Buffer.from("€");
    collector.stdout(Buffer.from("one\ntw"));
    collector.stderr(Buffer.from("hidden\n"));
    collector.stdout(Buffer.concat([Buffer.from("o "), euro.subarray(0, 1)]));
    collector.stdout(Buffer.concat([euro.subarray(1), Buffer.from("\r\nlast")]));
    expect(collector.finish()).toEqual({
      stdout: "one\ntwo €\r\nlast",
      stderr: "hidden",
      both: expect.stringContaining("hidden\n"),
    });
    expect(shown).toEqual(["one", "two €", "last"]);
  });
});

describe("a local command", () => {
  const run = (command: string, more: Partial<Parameters<typeof runLocal>[0]> = {}) =>
    runLocal({
      command,
      directory: tmpdir(),
      environment: {},
      signal: new AbortController().signal,
      show: () => {},
      ...more,
    });

  it("gets its input, directory and environment", async () => {
    const { stdout } = await run('cat; pwd; echo "$X"; echo; echo', { stdin: "in\n", environment: { X: "x" } });
    expect(stdout).toBe(`in\n${tmpdir()}\nx\n\n`);
  });

  it("runs in the interpreter that is given", async () => {
    expect((await run("process.stdout.write('js')", { interpreter: ["node", "-e"] })).stdout).toBe("js");
  });

  it.each<[string, string, Partial<Parameters<typeof runLocal>[0]>]>([
    ["echo out; echo err >&2; exit 3", 'exit status 3: running "echo out; echo err >&2; exit 3":\nout\nerr\n', {}],
    ["kill -TERM $$", 'signal: terminated: running "kill -TERM $$":\n', {}],
    ["x", 'exec: "no-such": executable file not found in $PATH: running "x":\n', { interpreter: ["no-such"] }],
    ["x", 'fork/exec /no/such: no such file or directory: running "x":\n', { interpreter: ["/no/such"] }],
    ["x", 'chdir /no/where: no such file or directory: running "x":\n', { directory: "/no/where" }],
  ])("fails as the official plugin's does: %s", async (command, message, more) => {
    await expect(run(command, more)).rejects.toThrow(new Error(message));
  });

  it("ends with all that it started when it is cancelled", async () => {
    const abort = new AbortController();
    const shown: string[] = [];
    const running = run("sleep 60 & echo $!; wait", {
      signal: abort.signal,
      show: (line) => {
        shown.push(line);
        abort.abort();
      },
    });
    await expect(running).rejects.toThrow("signal: killed");
    const [pid] = shown.map(Number);
    for (let i = 0; i < 50 && alive(pid as number); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(alive(pid as number)).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe("a host key", () => {
  const key = "AAAAC3NzaC1lZDI1NTE5AAAAIJ+8Vk0b1gU3mHjbQDd3Qn0mB0S1j3p7m7B0U5m1bX2Q";
  it.each([`ssh-ed25519 ${key}`, `example.org,10.0.0.1 ssh-ed25519 ${key}`, `ssh-ed25519 ${key} me@there\n`])(
    "%s",
    (text) => {
      expect(parseHostKey(text)).toEqual({ type: "ssh-ed25519", key: Buffer.from(key, "base64") });
    },
  );

  it.each(["", "SHA256:abc", "ssh-ed25519", "ssh-rsa AAAA", `ssh-rsa ${key}`])("is not %j", (text) => {
    expect(() => parseHostKey(text)).toThrow("`hostKey` is no public key");
  });
});
