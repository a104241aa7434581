import { goJson, sameEntry } from "../../../../offline/plugins/consul/json";

test("JSON is written as Go does: sorted, close, and safe inside HTML", () => {
  expect(goJson({ b: [{ z: 1, a: "<&>" }], a: null })).toBe('{"a":null,"b":[{"a":"\\u003c\\u0026\\u003e","z":1}]}');
});

// What Go reads out of the two: pointers, lists and maps may be absent or empty, the rest is there with its zero.
test.each<[string, unknown, unknown, boolean]>([
  ["the order of fields", { A: 1, B: 2 }, { B: 2, A: 1 }, true],
  ["the case of fields", { Protocol: "http" }, { protocol: "http" }, true],
  ["what is null", { Protocol: "http", Meta: null }, { Protocol: "http" }, true],
  ["what is zero", { Protocol: "http", Mode: "", MaxInboundConnections: 0 }, { Protocol: "http" }, true],
  ["parts that are always there", { Protocol: "http", Expose: {}, MeshGateway: {} }, { Protocol: "http" }, true],
  ["such a part with nothing but zeros", { Expose: { Checks: false } }, {}, true],
  ["another value", { Protocol: "http" }, { Protocol: "tcp" }, false],
  ["an empty part that may be absent", { Protocol: "http", TransparentProxy: {} }, { Protocol: "http" }, false],
  ["an empty map", { Meta: {} }, {}, false],
  ["an empty list", { EnvoyExtensions: [] }, {}, false],
  ["a number that may be absent", { MaxRequestHeadersKB: 0 }, {}, false],
  ["zeros in a map of one's own", { Config: { limit: 0 } }, { Config: {} }, false],
  ["the case of names in it", { Meta: { A: "1" } }, { Meta: { a: "1" } }, false],
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
