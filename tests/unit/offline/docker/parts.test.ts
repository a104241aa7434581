import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { extract } from "tar-stream";
import { isLeftOver, Journal } from "../../../../offline/plugins/docker/container/journal";
import { demultiplexed } from "../../../../offline/plugins/docker/container/logs";
import { uploadArchive } from "../../../../offline/plugins/docker/container/upload";
import { formatDuration, parseDuration } from "../../../../offline/plugins/docker/duration";
import { messageOf } from "../../../../offline/plugins/docker/engine";
import { repoDigest, taggedName } from "../../../../offline/plugins/docker/image/find";
import { addressOf } from "../../../../offline/plugins/docker/provider";
import { sshArguments } from "../../../../offline/plugins/docker/ssh";

describe("durations", () => {
  test.each([
    ["0s", 0],
    ["500ms", 5e8],
    ["1.5s", 1.5e9],
    ["1m30s", 90e9],
    ["2h0m0s", 7200e9],
  ])("%s", (text, nanoseconds) => {
    expect(parseDuration(text)).toBe(nanoseconds);
    expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
  });
  test.each(["", "10", "1 s", "-1s", "1d", "s"])("%j is none", (text) => expect(parseDuration(text)).toBeUndefined());
  test("what is printed reads back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => parseDuration(formatDuration(ms * 1e6)) === ms * 1e6),
    );
  });
});

describe("image names", () => {
  test.each([
    ["nginx", "nginx:latest"],
    ["nginx:alpine", "nginx:alpine"],
    ["localhost:5000/nginx", "localhost:5000/nginx:latest"],
    ["nginx@sha256:1", "nginx@sha256:1"],
  ])("%s means %s", (name, tagged) => expect(taggedName(name)).toBe(tagged));
  test.each<[string, string[] | null, string]>([
    ["nginx:alpine", null, ""],
    ["nginx:alpine", ["nginx@sha256:1"], "nginx@sha256:1"],
    ["localhost:5000/nginx", ["nginx@sha256:1", "localhost:5000/nginx@sha256:2"], "localhost:5000/nginx@sha256:2"],
    ["redis", ["nginx@sha256:1", "other@sha256:2"], ""],
  ])("digest of %s among %j", (name, digests, digest) => expect(repoDigest(name, digests)).toBe(digest));
});

describe("where the engine is", () => {
  const at = (host?: string, more = {}) => addressOf(host === undefined ? more : { host, ...more }, {});
  test("by default the local socket", () => expect(at().options).toEqual({ socketPath: "/var/run/docker.sock" }));
  test("another socket", () => expect(at("unix:///tmp/d.sock").options).toEqual({ socketPath: "/tmp/d.sock" }));
  test("plain TCP", () => expect(at("tcp://10.0.0.1").options).toMatchObject({ protocol: "http", port: 2375 }));
  test("TCP with TLS", () =>
    expect(at("tcp://h:4243", { caMaterial: "ca", certMaterial: "c", keyMaterial: "k" }).options).toEqual({
      protocol: "https",
      host: "h",
      port: 4243,
      ca: "ca",
      cert: "c",
      key: "k",
    }));
  test("a certificate without a key is refused", () =>
    expect(() => at("tcp://h", { certMaterial: "c" })).toThrow(/certMaterial and keyMaterial together/));
  test("a folder without certificates is refused", () =>
    expect(() => at("tcp://h", { certPath: "/nowhere" })).toThrow(/certPath \/nowhere has no readable ca.pem/));
  test("ssh, with the options of the environment", () =>
    expect(addressOf({ host: "ssh://root@lab:2222" }, { DOCKER_SSH_OPTS: "-o A=b" }).ssh).toEqual({
      target: "ssh://root@lab:2222",
      options: ["-o", "A=b"],
    }));
  test.each(["npipe:////./pipe/docker", "/var/run/docker.sock", "fd://"])("%s is refused", (host) =>
    expect(() => at(host)).toThrow(/is not supported; it must be unix:/),
  );
  test("the arguments of ssh", () => {
    expect(sshArguments("ssh://root@10.0.0.5:2222", ["-i", "/key"])).toEqual(
      "-i /key -l root -p 2222 -T -- 10.0.0.5 docker system dial-stdio".split(" "),
    );
    expect(sshArguments("ssh://[::1]", [])).toEqual("-T -- ::1 docker system dial-stdio".split(" "));
  });
});

test("uploads become one archive with their modes", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-"));
  const source = path.join(folder, "from");
  await writeFile(source, "by path");
  const archive = await uploadArchive([
    { file: "/etc/a", content: "text", executable: false },
    { file: "/bin/b", contentBase64: Buffer.from([0, 255]).toString("base64"), executable: true },
    { file: "c", source, executable: false, permissions: "0600" },
    { file: "/empty", content: "", executable: false },
  ]);
  const entries: [string, string, string][] = [];
  const unpack = extract();
  unpack.end(archive);
  for await (const entry of unpack) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    entries.push([entry.header.name, (entry.header.mode ?? 0).toString(8), Buffer.concat(chunks).toString("hex")]);
  }
  expect(entries).toEqual([
    ["etc/a", "644", Buffer.from("text").toString("hex")],
    ["bin/b", "744", "00ff"],
    ["c", "600", Buffer.from("by path").toString("hex")],
    ["empty", "644", ""],
  ]);
  await expect(uploadArchive([{ file: "/x", source: `${source}-no`, executable: false }])).rejects.toThrow(
    /could not read the file to upload to \/x/,
  );
  await rm(folder, { recursive: true });
});

describe("containers left half made", () => {
  const note = { urn: "urn:a", name: "consul", startedAt: Date.parse("2026-01-01T00:00:10Z") };
  test.each([
    ["made by the same resource after the note", note, "urn:a", "2026-01-01T00:00:10.5Z", true],
    ["made before the note", note, "urn:a", "2026-01-01T00:00:09Z", false],
    ["of another resource", note, "urn:b", "2026-01-01T00:00:11Z", false],
    ["without a note", undefined, "urn:a", "2026-01-01T00:00:11Z", false],
  ])("%s", (_what, found, urn, created, expected) => expect(isLeftOver(found, urn, created)).toBe(expected));

  test("notes are kept until the container is whole, and apart by engine", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-"));
    const journal = new Journal(folder);
    expect(await journal.find("engine", "consul")).toBeUndefined();
    await journal.begin("engine", note);
    expect(await journal.find("engine", "consul")).toEqual(note);
    expect(await journal.find("other", "consul")).toBeUndefined();
    await journal.end("engine", "consul");
    await journal.end("engine", "consul");
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

test("frames of both streams are joined", () => {
  const frame = (type: number, text: string) =>
    Buffer.concat([Buffer.from([type, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
  expect(demultiplexed(Buffer.concat([frame(1, "out\n"), frame(2, "err\n")]))).toBe("out\nerr\n");
});

test.each([
  [{ json: { message: "no" }, message: "(HTTP code 500) x - no " }, "Error response from daemon: no"],
  [{ message: "(HTTP code 500) server error - dial tcp: refused " }, "Error response from daemon: dial tcp: refused"],
  [new Error("connect ENOENT"), "connect ENOENT"],
])("the engine's own words: %j", (error, text) => expect(messageOf(error)).toBe(text));
