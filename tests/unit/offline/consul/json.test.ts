import { goJson, sameEntry } from "../../../../offline/plugins/consul/json";

test("JSON is written as Go does: sorted, close, and safe inside HTML", () => {
  expect(goJson({ b: [{ z: 1, a: "<&>" }], a: null })).toBe('{"a":null,"b":[{"a":"\\u003c\\u0026\\u003e","z":1}]}');
});

test.each<[string, unknown, unknown, boolean]>([
  ["the order of fields", { A: 1, B: 2 }, { B: 2, A: 1 }, true],
  ["what is empty", { Protocol: "http", Expose: {}, MeshGateway: {}, Meta: null }, { Protocol: "http" }, true],
  ["the case of fields", { Protocol: "http" }, { protocol: "http" }, true],
  ["another value", { Protocol: "http" }, { Protocol: "tcp" }, false],
  [
    "the order of a list",
    { Sources: [{ Name: "a" }, { Name: "b" }] },
    { Sources: [{ Name: "b" }, { Name: "a" }] },
    false,
  ],
  ["what Consul fills in", { Sources: [{ Name: "a", Precedence: 9 }] }, { Sources: [{ Name: "a" }] }, false],
])("config entries differ by %s: %j, %j", (_, one, other, same) => {
  expect(sameEntry(JSON.stringify(one), JSON.stringify(other))).toBe(same);
  expect(sameEntry(JSON.stringify(other), JSON.stringify(one))).toBe(same);
});

test("what is no JSON is the same only to the letter", () => {
  expect(sameEntry("{", "{")).toBe(true);
  expect(sameEntry("{", "{}")).toBe(false);
});
