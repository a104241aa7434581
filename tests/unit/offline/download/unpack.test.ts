import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpack } from "../../../../offline/download/unpack";
import { tarGz, zip } from "./site";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "hs-test-unpack-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function unpacked(name: string, content: Buffer): Promise<string> {
  await writeFile(join(directory, name), content);
  await unpack(join(directory, name), join(directory, "into"));
  return join(directory, "into");
}

test.each([
  ["a.zip", () => zip({ "pulumi/pulumi": "one", LICENSE: "two" })],
  ["a.tar.gz", () => tarGz({ "pulumi/pulumi": "one", LICENSE: "two" })],
])("%s keeps folders, contents and what is executable", async (name, make) => {
  const into = await unpacked(name, await make());
  expect((await readdir(into)).sort()).toEqual(["LICENSE", "pulumi"]);
  expect(await readFile(join(into, "pulumi/pulumi"), "utf8")).toBe("one");
  expect(await readFile(join(into, "LICENSE"), "utf8")).toBe("two");
  expect((await stat(join(into, "pulumi/pulumi"))).mode & 0o777).toBe(0o755);
});

test("a file that is no archive is the program itself", async () => {
  const into = await unpacked("fabio-1.7.2-linux_amd64", Buffer.from("program"));
  expect((await stat(join(into, "fabio-1.7.2-linux_amd64"))).mode & 0o777).toBe(0o755);
});

test.each([
  ["a.tar.gz", () => tarGz({ "../outside": "x" }), "outside of the folder"],
  ["a.zip", () => zip({ "../outside": "x" }), "../outside"],
  ["a.tar.gz", () => tarGz({ link: "/etc/passwd" }, "symlink"), "symlink"],
  ["a.zip", () => zip({ link: "/etc/passwd" }, 0o120777), "not a plain file"],
])("%s with a member that leads out is refused", async (name, make, message) => {
  await expect(unpacked(name, await make())).rejects.toThrow(message);
  await expect(stat(join(directory, "outside"))).rejects.toThrow("ENOENT");
});

test.each([
  ["a.zip", () => zip({ program: "x".repeat(1000) })],
  ["a.tar.gz", () => tarGz({ program: "x".repeat(100_000) })],
])("half of %s is refused", async (name, make) => {
  const whole = await make();
  await expect(unpacked(name, whole.subarray(0, whole.length / 2))).rejects.toThrow("cannot be unpacked");
});
