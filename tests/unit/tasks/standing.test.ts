import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standingStacks } from "../../../tasks/lib/standing";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "standing-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("stacks with resources stand; those that were taken down, and copies, do not", async () => {
  const write = (file: string, latest: object) =>
    writeFile(join(folder, file), JSON.stringify({ version: 3, checkpoint: { latest } }));
  await write("prod.json", { resources: [{}, {}] });
  await write("dev.json", { manifest: {} });
  await write("prod.json.bak", { resources: [{}] });
  await write("old.json.bak", { resources: [{}] });
  expect(await standingStacks(folder)).toEqual([{ stack: "prod", resources: 2 }]);
});

test("where nothing was ever brought up, nothing stands", async () => {
  expect(await standingStacks(join(folder, "none"))).toEqual([]);
});
