import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cached, cacheRoot, findCached } from "../../../../offline/cache";
import { withLock } from "../../../../offline/lock";

let root: string;
let log: string;
const quiet = () => undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hs-test-cache-"));
  log = join(root, "log");
  process.env.HASHISTACK_CACHE = root;
});

afterEach(() => {
  delete process.env.HASHISTACK_CACHE;
  rmSync(root, { recursive: true, force: true });
});

const staged = () => readdirSync(join(root, ".staging"));
const locks = () => readdirSync(join(root, ".locks"));
const write = (text: string) => async (directory: string) => writeFileSync(join(directory, "file"), text);
const lines = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);

function maker(key: string, milliseconds: number): ChildProcess {
  const script = join(__dirname, "maker.ts");
  // Named here, because Jest's process.env is not the one that a child would inherit.
  const env = { ...process.env, HASHISTACK_CACHE: root };
  const args = ["--require", "tsx/cjs", script, key, log, String(milliseconds)];
  return spawn(process.execPath, args, { stdio: "inherit", env });
}

const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.on("close", done));

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 15_000) throw new Error("it did not happen within 15 s");
    await sleep(20);
  }
}

test("an entry is made once and found again", async () => {
  expect(await findCached("a-1")).toBeUndefined();
  const made = await cached("a-1", write("first"), quiet);
  expect(await cached("a-1", write("second"), quiet)).toBe(made);
  expect(await findCached("a-1")).toBe(made);
  expect(readFileSync(join(made, "file"), "utf8")).toBe("first");
  expect([...staged(), ...locks()]).toEqual([]);
});

test("several that want one entry in this process get what the first makes", async () => {
  let times = 0;
  const make = async (directory: string) => {
    times++;
    await sleep(50);
    await write("x")(directory);
  };
  const entries = await Promise.all([1, 2, 3, 4].map(() => cached("a", make, quiet)));
  expect(new Set(entries).size).toBe(1);
  expect(times).toBe(1);
});

test("what failed leaves nothing and is made anew", async () => {
  const fail = async (directory: string) => {
    await write("half")(directory);
    throw new Error("no space");
  };
  await expect(cached("a", fail, quiet)).rejects.toThrow("no space");
  expect([...staged(), ...locks()]).toEqual([]);
  expect(readFileSync(join(await cached("a", write("whole"), quiet), "file"), "utf8")).toBe("whole");
});

test("two processes make one entry once, and both have it", async () => {
  const codes = await Promise.all([ended(maker("a", 600)), ended(maker("a", 600))]);
  expect(codes).toEqual([0, 0]);
  expect(lines().filter((line) => line.endsWith("makes"))).toHaveLength(1);
  expect(lines().filter((line) => line.endsWith(`has ${join(root, "a")}`))).toHaveLength(2);
});

test("after a process was killed in the midst, the next takes over at once and cleans up", async () => {
  const killed = maker("a", 60_000);
  await until(() => lines().length === 1);
  killed.kill("SIGKILL");
  await ended(killed);
  expect(await findCached("a")).toBeUndefined();
  expect([staged().length, locks()]).toEqual([1, ["a"]]);

  const entry = await cached("a", write("whole"), quiet);
  expect(readdirSync(entry)).toEqual(["file"]);
  expect([...staged(), ...locks()]).toEqual([]);
});

test("many that find a dead process's lock still make the entry once", async () => {
  const killed = maker("a", 60_000);
  await until(() => lines().length === 1);
  killed.kill("SIGKILL");
  await ended(killed);
  rmSync(log);
  const codes = await Promise.all([1, 2, 3, 4].map(() => ended(maker("a", 200))));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(lines().filter((line) => line.endsWith("makes"))).toHaveLength(1);
});

test("a process id that was given away anew does not keep a lock", async () => {
  mkdirSync(join(root, ".locks"), { recursive: true });
  const holder = { host: hostname(), pid: process.pid, started: "1", token: "old" };
  writeFileSync(join(root, ".locks/a"), JSON.stringify(holder));
  await cached("a", write("x"), quiet);
  expect(locks()).toEqual([]);
});

test("a holder on another machine is believed while its heartbeat is fresh, and not for ever", async () => {
  const path = join(root, "lock");
  writeFileSync(path, JSON.stringify({ host: "elsewhere", pid: 1, token: "theirs" }));
  const seen: string[] = [];
  const work = withLock(path, async () => "done", { pollMs: 20, waiting: ({ host }) => void seen.push(host) });
  await until(() => seen.length > 0);
  expect(seen).toEqual(["elsewhere"]);
  const longAgo = new Date(Date.now() - 10 * 60_000);
  utimesSync(path, longAgo, longAgo);
  expect(await work).toBe("done");
  expect(existsSync(path)).toBe(false);
});

test("who waits is told for whom", async () => {
  const other = maker("a", 3_000);
  const end = ended(other);
  await until(() => lines().length === 1);
  const messages: string[] = [];
  await cached("a", write("mine"), (message) => messages.push(message));
  await end;
  expect(messages).toEqual([`waiting for process ${other.pid} on ${hostname()}, which is making a`]);
});

test("leftovers of other entries go after a day", async () => {
  for (const name of ["b@old", "b@new"]) mkdirSync(join(root, ".staging", name), { recursive: true });
  const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
  utimesSync(join(root, ".staging/b@old"), old, old);
  await cached("a", write("x"), quiet);
  expect(staged()).toEqual(["b@new"]);
});

test.each(["", "../a", "a/b", ".hidden", "a b", "x".repeat(201)])("%j is refused as a key", async (key) => {
  await expect(cached(key, write("x"), quiet)).rejects.toThrow("cannot name a cache entry");
});

test("the cache lies where the environment says", () => {
  expect(cacheRoot({ HASHISTACK_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheRoot({ XDG_CACHE_HOME: "/b" })).toBe("/b/hashistack");
  expect(cacheRoot({})).toMatch(/\/\.cache\/hashistack$/);
});
