import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../../offline/command";

const project = resolve(__dirname, "../..");
const minute = 60_000;

/** Commands that make a bare machine of this one, for one process and its children: no engine, no shared mount. */
const bare = `set -e
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib/docker
ip link set lo up
unset DOCKER_HOST
exec "$@"`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hs-test-engine-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test(
  "starts an engine where none answers, once, makes its mounts shared, and stops it",
  async () => {
    const unshare = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const scenario = [process.execPath, "--require", "tsx/cjs", join(__dirname, "support/engineScenario.ts"), folder];
    const printed = await run("unshare", [...unshare, "sh", "-c", bare, "bare", ...scenario], { cwd: project });
    const seen = JSON.parse(printed.trim().split("\n").pop() ?? "");

    // Two at a time: one starts it, the other waits and finds it running.
    expect(seen.origins.slice(0, 2).sort()).toEqual(["running", "started"]);
    expect(seen.origins.slice(2)).toEqual(["running", "started"]);
    expect(seen.before).toEqual([false, false]);
    expect(seen.after).toEqual([true, true]);
    expect(seen.unchanged).toBe(true);
    expect(seen.left).toBe("");
    expect(seen.stopped).toEqual([true, false]);
    expect(seen.lines).toContain("starting the Docker engine");
    expect(await readFile(join(folder, "dockerd.log"), "utf8")).toContain("API listen on /var/run/docker.sock");
  },
  3 * minute,
);

test(
  "a daemon that dies says why",
  async () => {
    const scenario = [process.execPath, "--require", "tsx/cjs", join(__dirname, "support/engineScenario.ts"), folder];
    const unshare = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    // A folder that it cannot write into.
    const broken = bare.replace("tmpfs /var/lib/docker", "-o ro tmpfs /var/lib/docker");
    await expect(
      run("unshare", [...unshare, "sh", "-c", broken, "bare", ...scenario], { cwd: project }),
    ).rejects.toThrow(
      /The Docker daemon ended \(1\) before it answered\. The end of its log, .*dockerd\.log:\n.*read-only file system/s,
    );
  },
  3 * minute,
);
