import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { livePid, systemProgram } from "../../../../offline/engine/daemon";
import { readInfo } from "../../../../offline/engine/find";
import { type Silence, stepsToTake } from "../../../../offline/engine/index";
import { mountOf, shareByHand } from "../../../../offline/engine/sharedMounts";
import { readTrial } from "../../../../offline/engine/trial";

describe("docker info", () => {
  test("version and root, whatever is warned of beside them", () => {
    expect(readInfo("WARNING: No swap limit support\n20.10.24+dfsg1\t/var/lib/docker\n")).toEqual({
      engine: { version: "20.10.24+dfsg1", root: "/var/lib/docker" },
    });
  });

  test("a root with a blank in its name", () => {
    expect(readInfo("28.0.1\t/data/my docker\n").engine?.root).toBe("/data/my docker");
  });

  test("versions that end well without an engine", () => {
    expect(readInfo("\t\n").engine).toBeUndefined();
  });
});

describe("the steps to take where no engine answers", () => {
  const silence: Silence = {
    address: "unix:///var/run/docker.sock",
    usual: true,
    reason: "Cannot connect to the Docker daemon",
    root: true,
    apt: true,
    installed: false,
  };
  test.each<[string, Partial<Silence>, RegExp | undefined]>([
    ["root on Debian needs none", {}, undefined],
    ["root with an engine that is stopped needs none", { installed: true, apt: false }, undefined],
    ["a user with an engine that is stopped", { root: false, apt: false, installed: true }, /systemctl start docker/],
    ["a user without one", { root: false, apt: false }, /sudo apt-get install .*docker\.io/],
    ["root elsewhere", { apt: false }, /docs\.docker\.com\/engine\/install/],
    ["a user who may not", { reason: "permission denied while trying to connect", root: false }, /usermod -aG docker/],
    [
      "another engine is asked for",
      { usual: false, address: "tcp://10.0.0.9:2375" },
      /DOCKER_HOST is tcp:\/\/10\.0\.0\.9:2375/,
    ],
  ])("%s", (_, facts, expected) => {
    const steps = stepsToTake({ ...silence, ...facts });
    expect(steps === undefined).toBe(expected === undefined);
    if (expected) {
      expect(steps).toMatch(expected);
    }
  });
});

describe("mount tables", () => {
  const table = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "42 27 254:0 /var/lib/docker /var/lib/docker rw,relatime shared:1 - ext4 /dev/vda rw",
    "50 27 254:1 / /mnt/my\\040disk rw,relatime master:3 - ext4 /dev/vdb rw",
    "60 27 254:2 / /twice rw shared:5 - ext4 /dev/vdc rw",
    "61 60 254:3 / /twice rw - tmpfs tmpfs rw",
    "62 27 254:2 / /twofold rw - ext4 /dev/vdc rw",
    "63 62 254:3 / /twofold rw shared:6 - tmpfs tmpfs rw",
  ].join("\n");
  test.each([
    ["/home", "/", false],
    ["/var/lib/docker/volumes", "/var/lib/docker", true],
    ["/var/lib/docker", "/var/lib/docker", true],
    ["/var/lib/dockerish", "/", false],
    ["/mnt/my disk/volumes", "/mnt/my disk", false],
    ["/twice/volumes", "/twice", false],
    ["/twofold/volumes", "/twofold", false],
  ])("%s lies on %s, shared: %s", (path, target, shared) => {
    expect(mountOf(path, table)).toEqual({ target, shared });
  });
});

test("a folder that is a mount already gets no second one on top", () => {
  expect(shareByHand({ folder: "/v" })).toBe("mount --bind /v /v && mount --make-shared /v");
  expect(shareByHand({ folder: "/v", ownMount: true })).toBe("mount --make-shared /v");
});

test.each([
  ["path /v is mounted on / but it is not a shared mount", false],
  ["path /v is mounted on / but it is not a shared or slave mount", false],
  ['exec: "/none": stat /none: no such file or directory: unknown', true],
  ["Cannot connect to the Docker daemon", undefined],
  ["bind source path does not exist: /v: no such file or directory", undefined],
])("what the engine says of a trial: %s", (refusal, expected) => {
  expect(readTrial(refusal)).toBe(expected);
});

describe("process ids on file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hs-test-engine-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ["this process", `${process.pid}\n`, /./, process.pid],
    ["a number that another program has now", String(process.pid), /^dockerd/, undefined],
    ["a process that is gone", "999999999", /./, undefined],
    ["not a number", "half a wri", /./, undefined],
    ["nothing", "", /./, undefined],
  ])("%s", async (_, text, program, expected) => {
    const file = join(folder, "pid");
    await writeFile(file, text);
    expect(await livePid(file, program)).toBe(expected);
  });

  test("no file", async () => {
    expect(await livePid(join(folder, "none"), /./)).toBeUndefined();
  });

  test("programs are found where the PATH does not lead", async () => {
    await writeFile(join(folder, "hs-test-program"), "");
    expect(systemProgram("hs-test-program", folder)).toBe(join(folder, "hs-test-program"));
    expect(systemProgram("hs-test-program", "")).toBeUndefined();
    expect(systemProgram("sh", "")).toMatch(/\/bin\/sh$/);
  });
});
