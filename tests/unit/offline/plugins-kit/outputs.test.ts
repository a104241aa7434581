import fc from "fast-check";
import { property, type Values } from "../../../../offline/plugins/kit/definition";
import { extractInputs } from "../../../../offline/plugins/kit/extractInputs";
import { assertKnown, finishOutputs, planCreate, planUpdate } from "../../../../offline/plugins/kit/outputs";
import { conceal, equal, hasSecret, reveal, revealAll } from "../../../../offline/plugins/kit/secrets";
import { isMap, Secret, UNKNOWN, type Value } from "../../../../offline/plugins/kit/values";

const definition = {
  token: "t:i:T",
  inputs: {
    create: property.string(),
    environment: property.map(property.string()),
    connection: property.object({ host: property.string(), password: property.string({ secret: true }) }),
    hostname: property.string({ computed: true }),
  },
  outputs: {
    stdout: property.string({ required: true }),
    assets: property.any(),
    key: property.string({ secret: true }),
  },
  create: jest.fn(),
};

describe("the state to store", () => {
  it("holds the inputs, and what the handler says on top", () => {
    expect(
      finishOutputs(
        definition,
        "inferred",
        { create: "a", hostname: "x" },
        { stdout: "o", hostname: "y", assets: null },
      ),
    ).toEqual({
      create: "a",
      hostname: "y",
      stdout: "o",
    });
  });

  it("keeps nulls and limits of a bridged package, and no defaults", () => {
    const bridged = { ...definition, schemaVersion: 2, timeouts: { create: 300 } };
    expect(
      finishOutputs(
        bridged,
        "bridged",
        { create: "a", connection: { host: "h", __defaults: [] }, __defaults: [] },
        { assets: null },
        { update: 60 },
      ),
    ).toEqual({
      create: "a",
      connection: { host: "h" },
      assets: null,
      __meta: JSON.stringify({
        "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 300e9, update: 60e9 },
        schema_version: "2",
      }),
    });
  });

  it("keeps secret what was, where it was", () => {
    const inputs = { environment: { A: new Secret("s"), B: "b" }, create: new Secret("c") };
    expect(finishOutputs(definition, "inferred", inputs, { stdout: "s", key: "k", create: "changed" })).toEqual({
      environment: { A: new Secret("s"), B: "b" },
      create: new Secret("changed"),
      stdout: "s",
      key: new Secret("k"),
    });
  });

  it("makes declared secrets secret at any depth", () => {
    expect(finishOutputs(definition, "inferred", { connection: { host: "h", password: "p" } }, {})).toEqual({
      connection: { host: "h", password: new Secret("p") },
    });
  });
});

describe("previews", () => {
  it("know the inputs of a creation only", () => {
    expect(planCreate(definition, "inferred", { create: "a" })).toEqual({ stdout: UNKNOWN, hostname: UNKNOWN });
    expect(planCreate(definition, "bridged", { hostname: "h" })).toEqual({
      stdout: UNKNOWN,
      assets: UNKNOWN,
      key: UNKNOWN,
    });
  });

  const state: Values = { create: "a", stdout: "o", hostname: "h" };
  it("know nothing new of an inferred update whose inputs change", () => {
    expect(planUpdate(definition, "inferred", state, { create: "b" })).toEqual({ stdout: UNKNOWN });
    expect(planUpdate(definition, "inferred", state, { create: UNKNOWN })).toEqual({ stdout: UNKNOWN });
  });

  it("keep the outputs where an input only came in addition, as the official framework does", () => {
    const before = { create: "a", stdout: "o" };
    expect(planUpdate(definition, "inferred", before, { create: "a", environment: { A: "1" } })).toMatchObject({
      stdout: "o",
    });
  });

  it("keep the outputs of a bridged update", () => {
    expect(planUpdate(definition, "bridged", state, { create: "b" })).toEqual({ stdout: "o", hostname: "h" });
  });
});

describe("inputs after a read", () => {
  const properties = {
    image: property.string(),
    memory: property.integer(),
    restart: property.string({ default: "no" }),
    ports: property.list(property.object({ internal: property.integer(), ip: property.string() })),
  };
  it("show what changed, and nothing that the program did not say", () => {
    const olds = { image: "a", restart: "no", ports: [{ internal: 1, __defaults: [] }], __defaults: ["restart"] };
    const state = { image: "b", restart: "always", memory: 5, ports: [{ internal: 2, ip: "0.0.0.0" }] };
    expect(extractInputs(olds, state, properties)).toEqual({
      image: "b",
      restart: "always",
      ports: [{ internal: 2, __defaults: [] }],
      __defaults: [],
    });
  });

  it("of an import are what differs from the defaults", () => {
    const state = { image: "a", restart: "no", memory: 0, ports: [{ internal: 1, ip: "" }], id: "x" };
    expect(extractInputs({}, state, properties)).toEqual({
      image: "a",
      ports: [{ internal: 1, __defaults: [] }],
      __defaults: [],
    });
  });
});

describe("secrets", () => {
  const plain = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("value"), { maxKeys: 3 }).map((map) => ({ ...map })),
      tie("value").map((inner) => new Secret(inner)),
    ),
  })).value;
  const map = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), plain, { maxKeys: 4 }).map((values) => ({ ...values }));

  it("are given back exactly where nothing changed", () => {
    fc.assert(fc.property(map, (values) => expect(conceal(revealAll(values), values)).toEqual(values)));
  });

  /** Whether whatever stands where a secret stood is one: what went with its name is shown by nothing. */
  const kept = (model: Value | undefined, result: Value | undefined): boolean =>
    result === undefined ||
    !hasSecret(model) ||
    (isMap(model) && isMap(result)
      ? Object.entries(model).every(([name, value]) => kept(value, result[name]))
      : hasSecret(result));

  it("never get out, whatever replaces them", () => {
    fc.assert(
      fc.property(map, map, (model, values) => {
        const result = conceal(revealAll(values), model);
        expect(kept(model, result)).toBe(true);
        expect(equal(revealAll(result), revealAll(values))).toBe(true);
      }),
    );
  });

  it("are not handed to a handler as unknown", () => {
    expect(() => assertKnown({ a: new Secret([UNKNOWN]) }, "urn:x")).toThrow("`a` is not known");
    expect(assertKnown({ a: new Secret([1]) }, "urn:x")).toEqual({ a: [1] });
    expect(reveal(new Secret(new Secret(1)))).toBe(1);
  });
});
