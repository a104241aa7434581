import { compareSync } from "bcryptjs";
import type { Context, ResourceDefinition, Values } from "../../../../offline/plugins/kit/definition";
import { UNKNOWN } from "../../../../offline/plugins/kit/definition";
import { bytes } from "../../../../offline/plugins/random/bytes";
import {
  type CharacterPlan,
  checkCharacters,
  completeCharacters,
  randomText,
} from "../../../../offline/plugins/random/characters";
import { id } from "../../../../offline/plugins/random/id";
import { password } from "../../../../offline/plugins/random/password";
import { text } from "../../../../offline/plugins/random/text";
import { uuid } from "../../../../offline/plugins/random/uuid";

const context = {} as Context<undefined>;
const create = (resource: unknown, inputs: Values) =>
  (resource as ResourceDefinition).create(inputs as never, context as never);
const read = (resource: unknown, importId: string) =>
  (resource as ResourceDefinition).read?.({ id: importId, inputs: {}, state: {} }, context as never);

const plan: CharacterPlan = {
  length: 40,
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};
const count = (result: string, kind: RegExp) => result.match(new RegExp(kind, "g"))?.length ?? 0;

describe("characters", () => {
  test.each<[string, Partial<CharacterPlan>, RegExp]>([
    ["lower case only", { upper: false, numeric: false, special: false }, /^[a-z]{40}$/],
    ["no special ones", { special: false }, /^[A-Za-z0-9]{40}$/],
    ["special ones of one's own", { lower: false, upper: false, numeric: false, overrideSpecial: "._" }, /^[._]{40}$/],
    ["the usual ones", {}, /^[A-Za-z0-9!@#$%&*()\-_=+[\]{}<>:?]{40}$/],
  ])("%s", (_, changes, expected) => {
    for (let i = 0; i < 50; i++) expect(randomText({ ...plan, ...changes })).toMatch(expected);
  });

  test("least numbers hold, also of kinds that nothing else is drawn from", () => {
    for (let i = 0; i < 50; i++) {
      const result = randomText({ ...plan, length: 8, special: false, minSpecial: 3, minNumeric: 2, minUpper: 2 });
      expect(result).toHaveLength(8);
      expect(count(result, /[0-9]/)).toBeGreaterThanOrEqual(2);
      expect(count(result, /[A-Z]/)).toBeGreaterThanOrEqual(2);
      expect(count(result, /[^A-Za-z0-9]/)).toBe(3);
    }
  });

  test("what is demanded does not stand at one end", () => {
    const first = new Set(
      Array.from({ length: 200 }, () => {
        const result = randomText({ ...plan, length: 4, special: false, numeric: false, minNumeric: 1 });
        return result.search(/[0-9]/);
      }),
    );
    expect([...first].sort()).toEqual([0, 1, 2, 3]);
  });

  test.each<[Values, string]>([
    [{ length: 0 }, "length must be at least 1, got: 0"],
    [{ length: 3, minLower: 2, minUpper: 2 }, "(4), got: 3"],
    [{ length: 3, lower: false, upper: false, numeric: false, special: false }, "must be true"],
    [{ length: 3, number: true, numeric: false }, "number and numeric are one setting"],
  ])("%j is refused", (inputs, reason) => {
    expect(
      checkCharacters(inputs)
        .failures.map((failure) => failure.reason)
        .join(),
    ).toContain(reason);
  });

  test("what is not known yet is not refused", () => {
    expect(checkCharacters({ length: UNKNOWN, minLower: 2 }).failures).toEqual([]);
  });

  test.each([
    [{}, true, true],
    [{ number: false }, false, false],
    [{ numeric: false }, false, false],
  ])("%j: number and numeric say the same", (inputs, number, numeric) => {
    expect(completeCharacters(inputs)).toEqual({ number, numeric });
  });
});

test("a password has a hash that it passes, in the form that Go writes, and an id that tells nothing", async () => {
  const { id: name, outputs } = await create(password, { length: 90 });
  expect(name).toBe("none");
  expect(outputs.result).toHaveLength(90);
  expect(outputs.bcryptHash).toMatch(/^\$2a\$10\$.{53}$/);
  expect(compareSync(String(outputs.result).slice(0, 72), String(outputs.bcryptHash))).toBe(true);
});

test("what is imported has the inputs that a program would give", async () => {
  const found = await read(password, "Qp7:#8odTqS)5#bS");
  expect(found).toEqual({
    id: "none",
    outputs: {
      id: "none",
      result: "Qp7:#8odTqS)5#bS",
      bcryptHash: expect.stringMatching(/^\$2a\$10\$/),
      length: 16,
      lower: true,
      minLower: 0,
      minNumeric: 0,
      minSpecial: 0,
      minUpper: 0,
      number: true,
      numeric: true,
      special: true,
      upper: true,
    },
  });
  expect(await read(text, "z23C8WVlfAmX09Bv")).toMatchObject({ id: "z23C8WVlfAmX09Bv", outputs: { length: 16 } });
});

// Values that the official plugin recorded: provider/testdata/recorded in pulumi/pulumi-random.
test("forms of an id are the official plugin's", async () => {
  expect(await read(id, "gEtk2V_GVJQ")).toEqual({
    id: "gEtk2V_GVJQ",
    outputs: {
      id: "gEtk2V_GVJQ",
      b64Std: "gEtk2V/GVJQ=",
      b64Url: "gEtk2V_GVJQ",
      byteLength: 8,
      dec: "9244593544885589140",
      hex: "804b64d95fc65494",
      prefix: undefined,
    },
  });
  expect((await read(id, "a,b-,gEtk2V_GVJQ"))?.outputs).toMatchObject({ prefix: "a,b-", hex: "a,b-804b64d95fc65494" });
});

test("forms of bytes are the official plugin's", async () => {
  expect(await read(bytes, "fE+Jesqco6w20rpufjykBA==")).toEqual({
    id: "fE+Jesqco6w20rpufjykBA==",
    outputs: { base64: "fE+Jesqco6w20rpufjykBA==", hex: "7c4f897aca9ca3ac36d2ba6e7e3ca404", length: 16 },
  });
});

test("draws as much as is asked for, and never the same twice", async () => {
  expect(Buffer.from(String((await create(bytes, { length: 32 })).outputs.base64), "base64")).toHaveLength(32);
  expect((await create(id, { byteLength: 4, prefix: "web-" })).outputs.hex).toMatch(/^web-[0-9a-f]{8}$/);
  const [one, two] = [await create(uuid, {}), await create(uuid, {})];
  expect(one.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(one.outputs.result).toBe(one.id);
  expect(two.id).not.toBe(one.id);
});

test.each([
  [bytes, "not base64!", "no base64"],
  [id, "not base64!", "cannot be imported as a RandomId; expected the value in base64url"],
  [uuid, "827d0b34", "expected a UUID"],
])("an import of what is none is refused %#", async (resource, importId, reason) => {
  await expect(read(resource, importId)).rejects.toThrow(reason);
});
