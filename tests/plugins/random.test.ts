import { compareSync } from "bcryptjs";
import { PulumiProject } from "./support/pulumiProject";
import { pulumiCommand } from "./support/tools";

jest.setTimeout(120_000);

let project: PulumiProject;

beforeAll(async () => {
  project = await PulumiProject.create("hs-test-random", await pulumiCommand(), [
    { kind: "resource", name: "random", version: "4.21.2" },
  ]);
});
afterAll(() => project?.dispose());

const program = (body: string) =>
  project.source(`const pulumi = require("@pulumi/pulumi");\nconst random = require("@pulumi/random");\n${body}\n`);
const up = (...more: string[]) => project.run(["up", "--yes", "--skip-preview", ...more]);

const everything = (more = "", length = 24) => `
  const password = new random.RandomPassword("password", { length: ${length}, special: false, keepers: { of: "x" } });
  const text = new random.RandomString("text", { length: 8, upper: false });
  const bytes = new random.RandomBytes("bytes", { length: 32 });
  const id = new random.RandomId("id", { byteLength: 4, prefix: "web-" });
  const uuid = new random.RandomUuid("uuid", {});
  exports.password = password.result;
  exports.key = bytes.base64;
  exports.name = id.hex;
  ${more}`;

test("previews know the defaults and nothing of what is to be drawn", async () => {
  await program(everything());
  const text = await project.run(["preview", "--diff"]);
  expect(text).toMatch(/6 to create/);
  expect(text).toMatch(/length\s*: 24/);
  expect(text).toMatch(/password\s*: (\[unknown\]|\[secret\]|output<string>|\[computed\])/);
  expect(text).not.toContain("__defaults");
});

test("draws everything once, records it as the official plugin does, and keeps it", async () => {
  await up();
  const { password, text, bytes, id, uuid } = await project.state();
  expect(password?.id).toBe("none");
  expect(password?.inputs).toEqual({ length: 24, special: false, keepers: { of: "x" } });
  expect(Object.keys(password?.outputs ?? {}).sort()).toEqual(
    "__meta,bcryptHash,id,keepers,length,lower,minLower,minNumeric,minSpecial,minUpper,number,numeric,result,special,upper".split(
      ",",
    ),
  );
  expect(password?.outputs).toMatchObject({
    __meta: '{"schema_version":"3"}',
    lower: true,
    numeric: true,
    minUpper: 0,
  });
  const plain = (value: unknown) => JSON.parse((value as { plaintext: string }).plaintext) as string;
  const drawn = plain(password?.outputs.result);
  expect(drawn).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(compareSync(drawn, plain(password?.outputs.bcryptHash))).toBe(true);
  expect(text?.outputs).toMatchObject({ id: text?.id, result: text?.id, __meta: '{"schema_version":"2"}' });
  expect(bytes?.outputs).not.toHaveProperty("id");
  expect(plain(bytes?.outputs.base64)).toBe(bytes?.id);
  expect(id?.outputs).not.toHaveProperty("__meta");
  expect(id?.outputs.hex).toMatch(/^web-[0-9a-f]{8}$/);
  expect(uuid?.inputs ?? {}).toEqual({});

  expect(await up()).toMatch(/6 unchanged/);
  expect(await up("--refresh")).toMatch(/6 unchanged/);
  const after = await project.state();
  expect(after.password).toMatchObject({ inputs: password?.inputs, outputs: password?.outputs });
  for (const [name, before] of Object.entries({ text, bytes, id, uuid })) {
    expect(after[name]?.outputs).toEqual(before?.outputs);
  }
});

test("keeps what is secret encrypted, in the state and in what it prints", async () => {
  const shown = String(JSON.parse(await project.run(["stack", "output", "password", "--show-secrets", "--json"])));
  for (const text of [await project.run(["stack", "export"]), await project.run(["stack", "output"])]) {
    expect(text).not.toContain(shown);
  }
});

test("draws anew exactly what the program changes, and says so in the preview", async () => {
  const before = await project.state();
  await program(everything("", 25));
  const text = await project.run(["preview", "--diff"]);
  expect(text).toMatch(/1 to replace/);
  expect(text).toMatch(/length\s*: 24 => 25/);
  expect(await up()).toMatch(/1 replaced/);
  const after = await project.state();
  expect(after.password?.outputs.result).not.toEqual(before.password?.outputs.result);
  for (const name of ["text", "bytes", "id", "uuid"]) expect(after[name]?.id).toBe(before[name]?.id);

  await program(everything("", 25).replace('"x"', '"y"'));
  expect(await up()).toMatch(/1 replaced/);
  await program(
    everything("", 25)
      .replace('keepers: { of: "x" }', 'keepers: { of: "z" }, lower: true, minLower: 0')
      .replace('"y"', '"z"'),
  );
  expect(await up()).toMatch(/1 replaced/);
  await program(everything("", 25).replace('"x"', '"z"'));
  expect(await up()).toMatch(/6 unchanged/);
});

test("takes over what was made elsewhere", async () => {
  await program(`
    exports.a = new random.RandomPassword("adopted", { length: 11 }, { import: "made-by-man" }).result;
    new random.RandomUuid("uuid2", {}, { import: "827d0b34-00cc-b03d-d29b-542f354122cb" });
    new random.RandomId("id2", { byteLength: 8 }, { import: "gEtk2V_GVJQ" });`);
  expect(await up()).toMatch(/3 imported/);
  expect(JSON.parse(await project.run(["stack", "output", "a", "--show-secrets", "--json"]))).toBe("made-by-man");
  expect(await up("--refresh")).toMatch(/4 unchanged/);
});

test.each([
  ['RandomPassword("x", { length: 2, minLower: 3 })', "(3), got: 2"],
  ['RandomId("x", { byteLength: 0 })', "byteLength must be at least 1, got: 0"],
  ['RandomPet("x", {})', "does not support the resource type random:index/randomPet:RandomPet"],
])("explains bad input: %s", async (resource, reason) => {
  await program(`new random.${resource};`);
  const { code, text } = await project.attempt(["preview"]);
  expect(code).not.toBe(0);
  expect(text).toContain(reason);
});

test("goes without a trace", async () => {
  await project.run(["destroy", "--yes", "--skip-preview"]);
  expect(await project.state()).toEqual({});
});
