import fc from "fast-check";
import { renderJson, renderProperties } from "../../../components/render";

/** The same value with the keys of every mapping in another order. */
function shuffled(value: unknown, random: (n: number) => number): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => shuffled(item, random));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([key, item]) => ({ at: random(1000), key, item: shuffled(item, random) }));
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ key, item }) => [key, item]));
}

test("the order of keys makes no difference, and nothing is lost", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.infiniteStream(fc.nat(999)), (value, numbers) => {
      const text = renderJson(value);
      expect(renderJson(shuffled(value, () => numbers.next().value))).toBe(text);
      // JSON has no -0.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 1000 },
  );
});

test("lists keep their order, unset keys are left out, the text ends with a newline", () => {
  expect(renderJson({ b: [2, 1], a: { d: undefined, c: null } })).toBe(
    '{\n  "a": {\n    "c": null\n  },\n  "b": [\n    2,\n    1\n  ]\n}\n',
  );
});

test("properties are sorted lines", () => {
  expect(renderProperties({ "b.c": true, "a.b": 1, "a-b": "x" })).toBe("a-b = x\na.b = 1\nb.c = true\n");
  const values = fc.dictionary(fc.stringMatching(/^[a-z.]{1,6}$/), fc.oneof(fc.integer(), fc.boolean()));
  fc.assert(
    fc.property(values, (pairs) => {
      const reversed = Object.fromEntries(Object.entries(pairs).reverse());
      expect(renderProperties(reversed)).toBe(renderProperties(pairs));
    }),
  );
});
