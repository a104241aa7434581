import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mendCheckpoint } from "../../../tasks/lib/checkpoint";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "checkpoint-"));
  file = join(folder, "dev.json");
});
afterEach(() => rm(folder, { recursive: true }));

test("a whole state is left alone", async () => {
  await writeFile(file, '{"version":3}');
  await writeFile(`${file}.bak`, '{"version":2}');
  expect(await mendCheckpoint(file)).toBe(false);
  expect(await readFile(file, "utf8")).toBe('{"version":3}');
});

test.each(["", '{"version":3,"checkp'])("one that was cut short (%j) is what it was before", async (text) => {
  await writeFile(file, text);
  await writeFile(`${file}.bak`, '{"version":2}');
  expect(await mendCheckpoint(file)).toBe(true);
  expect(await readFile(file, "utf8")).toBe('{"version":2}');
});

test("where the copy is cut short too, a person is told what to do", async () => {
  await writeFile(file, "");
  await writeFile(`${file}.bak`, "");
  await expect(mendCheckpoint(file)).rejects.toThrow(/cut short.*pulumi stack import/s);
});
