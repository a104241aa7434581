import { checkProperties } from "../../../../offline/plugins/kit/check";
import { completed } from "../../../../offline/plugins/kit/complete";
import {
  type Change,
  property,
  type ResourceDefinition,
  type Values,
} from "../../../../offline/plugins/kit/definition";
import { diffFramework } from "../../../../offline/plugins/kit/diffFramework";
import { extractInputs } from "../../../../offline/plugins/kit/extractInputs";
import { finishOutputs, planCreate } from "../../../../offline/plugins/kit/outputs";
import { diffResource } from "../../../../offline/plugins/kit/resourceDiff";
import { Secret, UNKNOWN } from "../../../../offline/plugins/kit/values";

const { boolean, integer, list, map, object, string } = property;

const definition = {
  token: "x:index/y:Y",
  schemaVersion: 3,
  inputs: {
    bits: integer({ default: 2048, replaces: true }),
    both: boolean(),
    keepers: map(string(), { replaces: true }),
    key: string({ secret: true, replaces: true }),
    names: list(string(), { replaces: true }),
    notice: integer({ default: 0 }),
    subject: object({ name: string() }, { replaces: true }),
  },
  outputs: { due: boolean({ default: false }), result: string({ secret: true }) },
  complete: (inputs) => ({ ...inputs, both: inputs.both ?? true }),
  create: async () => ({ id: "1", outputs: {} }),
  update: async () => ({ outputs: {} }),
} satisfies ResourceDefinition as ResourceDefinition;

const state: Values = { bits: 2048, both: true, notice: 0, key: "k", result: "r" };
const brief = (changes: readonly Change[]) => changes.map((c) => `${c.path} ${c.kind}${c.replaces ? "!" : ""}`);

test("inputs stay as they were given: defaults are the state's affair", () => {
  const { inputs, failures } = checkProperties({ key: "k", subject: { name: "n" } }, definition.inputs, {
    style: "framework",
    package: "x",
    name: "y",
  });
  expect(failures).toEqual([]);
  expect(inputs).toEqual({ key: "k", subject: { name: "n" } });
  expect(completed(definition, "framework", inputs)).toEqual({ ...inputs, bits: 2048, notice: 0, both: true });
  expect(completed(definition, "bridged", inputs)).toBe(inputs);
});

test("a preview of a creation knows what is the default", () => {
  const planned = completed(definition, "framework", { key: new Secret("k") });
  const outputs = planCreate(definition, "framework", planned);
  expect(finishOutputs(definition, "framework", planned, outputs)).toEqual({
    __meta: '{"schema_version":"3"}',
    bits: 2048,
    both: true,
    due: false,
    key: new Secret("k"),
    notice: 0,
    result: new Secret(UNKNOWN),
  });
});

test("the state has no time limits and no nulls", () => {
  const finished = finishOutputs(definition, "framework", {}, { names: null }, { create: 60 });
  expect(finished).toEqual({ __meta: '{"schema_version":"3"}' });
});

test.each<[string, Values, Values, string[]]>([
  ["nothing", {}, {}, []],
  ["the default written out", {}, { bits: 2048 }, []],
  ["another value", {}, { bits: 4096 }, ["bits update!"]],
  ["back to the default", { bits: 4096 }, {}, ["bits update!"]],
  ["in place", {}, { notice: 5 }, ["notice update"]],
  ["an empty map, which is a value", {}, { keepers: {} }, ["keepers add!"]],
  ["inside a map", { keepers: { a: "1" } }, { keepers: { a: "2", b: "3" } }, ["keepers.a update!", "keepers.b add!"]],
  ["a shorter list", { names: ["a", "b"] }, { names: ["a"] }, ["names[1] delete!"]],
  ["a list that is gone", { names: ["a"] }, {}, ["names delete!"]],
  ["inside an object", { subject: { name: "a" } }, { subject: { name: "b" } }, ["subject.name update!"]],
  ["an unknown value", {}, { key: UNKNOWN }, ["key update!"]],
])("diff of %s", async (_, olds, news, expected) => {
  const result = await diffResource(
    definition,
    "framework",
    { id: "1", inputs: {}, state: { ...state, ...olds } },
    { key: "k", ...news },
    [],
    async () => ({}) as never,
  );
  expect(brief(result.changes)).toEqual(expected);
});

test("ignores a change inside of what is ignored", async () => {
  const changed = (ignored: string[]) =>
    diffResource(
      definition,
      "framework",
      { id: "1", inputs: {}, state: { ...state, keepers: { a: "1" } } },
      { key: "k", keepers: { a: "2" } },
      ignored,
      async () => ({}) as never,
    );
  expect((await changed(["keepers.a"])).changes).toEqual([]);
  expect((await changed(["keepers.b"])).changes).toHaveLength(1);
});

test("without a way to update, every change replaces", () => {
  expect(brief(diffFramework({ notice: 1 }, { notice: 2 }, { notice: integer() }, false))).toEqual(["notice update!"]);
});

test("an import has everything that a program could say, without marks of defaults", () => {
  const found = { ...state, subject: { name: "n" } };
  expect(extractInputs({}, found, definition.inputs, "framework")).toEqual({
    bits: 2048,
    both: true,
    key: "k",
    subject: { name: "n" },
  });
  expect(extractInputs({ key: "k" }, found, definition.inputs, "framework")).toEqual({ key: "k" });
});
