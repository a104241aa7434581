import fc from "fast-check";
import { Archive, Asset, Secret, UNKNOWN, type Value, type Values } from "../../../../offline/plugins/kit/values";
import { decode, encode } from "../../../../offline/plugins/kit/wire";

const name = fc.string().filter((text) => text !== "__proto__");
const hash = fc.option(fc.stringMatching(/^[0-9a-f]{8}$/), { nil: undefined });

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value; file: Asset | Archive }>((tie) => ({
  file: fc.oneof(
    { depthSize: "small" },
    fc.tuple(fc.string(), hash).map(([text, sum]) => new Asset({ text }, sum)),
    fc.tuple(fc.string({ minLength: 1 }), hash).map(([path, sum]) => new Asset({ path }, sum)),
    fc.tuple(fc.string({ minLength: 1 }), hash).map(([uri, sum]) => new Archive({ uri }, sum)),
    fc
      .tuple(fc.dictionary(name, tie("file"), { maxKeys: 3 }), hash)
      .map(([assets, sum]) => new Archive({ assets }, sum)),
  ),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.string(),
    fc.constant(UNKNOWN),
    tie("file"),
    tie("value").map((inner) => new Secret(inner)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4 }).map((map) => ({ ...map })),
  ),
})).value;

describe("values on the wire", () => {
  it("come back as they were sent", () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 5 }), (values) => {
        expect(decode(encode({ ...values }))).toEqual({ ...values });
      }),
      { numRuns: 500 },
    );
  });

  it("keep nulls only where asked", () => {
    const struct = encode({ a: null, b: { c: null, d: 1 }, e: [null] });
    expect(decode(struct)).toEqual({ b: { d: 1 }, e: [null] });
    expect(decode(struct, { nulls: true })).toEqual({ a: null, b: { c: null, d: 1 }, e: [null] });
  });

  it("leave out what is undefined", () => {
    expect(decode(encode({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });

  const signature = "4dabf18193072939515e22adb298388d";
  const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
  const resource = "5cf8f73096256a8f31e491e813e4eb8e";
  it.each<[string, Values, Value]>([
    ["an output with a value", { [signature]: output, value: 1 }, 1],
    ["an output without one", { [signature]: output, dependencies: ["urn:x"] }, UNKNOWN],
    ["a secret output", { [signature]: output, value: "s", secret: true }, new Secret("s")],
    ["a secret output without a value", { [signature]: output, secret: true }, new Secret(UNKNOWN)],
    ["a custom resource", { [signature]: resource, urn: "urn:x", id: "i-1" }, "i-1"],
    ["a custom resource without an id yet", { [signature]: resource, urn: "urn:x", id: "" }, UNKNOWN],
    ["a component", { [signature]: resource, urn: "urn:x" }, "urn:x"],
  ])("read %s", (_, sent, expected) => {
    expect(decode(encode({ x: sent }))).toEqual({ x: expected });
  });

  it.each([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  ])("take %s for unknown", (text) => {
    expect(decode(encode({ x: [text] }))).toEqual({ x: [UNKNOWN] });
  });

  it("refuse a kind that they do not know", () => {
    expect(() => decode(encode({ x: { [signature]: "new" } }))).toThrow("unknown kind");
  });
});
