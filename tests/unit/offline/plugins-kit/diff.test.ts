import { type Change, property, type Value, type Values } from "../../../../offline/plugins/kit/definition";
import { diffBridged } from "../../../../offline/plugins/kit/diffBridged";
import { diffInferred } from "../../../../offline/plugins/kit/diffInferred";
import { formatPath, isWithin, parsePath, rootOf } from "../../../../offline/plugins/kit/path";
import { diffResource } from "../../../../offline/plugins/kit/resourceDiff";
import { Asset, Secret, UNKNOWN } from "../../../../offline/plugins/kit/values";

/** `path kind`, with `!` where it replaces. */
const brief = (changes: readonly Change[]) => changes.map((c) => `${c.path} ${c.kind}${c.replaces ? "!" : ""}`).sort();

describe("diff of an inferred plugin", () => {
  const properties = {
    create: property.string(),
    environment: property.map(property.string()),
    triggers: property.list(property.any(), { replaces: true }),
    source: property.file(),
  };
  it.each<[string, Values, Values, string[]]>([
    ["nothing", { create: "a", stdout: "x" }, { create: "a" }, []],
    ["a changed value", { create: "a" }, { create: "b" }, ["create update"]],
    ["an added value", {}, { create: "b" }, ["create add"]],
    ["a removed value", { create: "a" }, {}, ["create delete"]],
    ["an empty value, which is one", { create: "a" }, { create: "" }, ["create update"]],
    ["an unknown value", { create: "a" }, { create: UNKNOWN }, ["create update"]],
    [
      "inside a map",
      { environment: { A: "1", B: "2" } },
      { environment: { A: "2", C: "3" } },
      ["environment.A update", "environment.B delete", "environment.C add"],
    ],
    [
      "inside a list: the SDK makes it a replacement",
      { triggers: [1, 2] },
      { triggers: [1, 3, 4] },
      ["triggers[1] update", "triggers[2] add"],
    ],
    ["a whole list", {}, { triggers: [1] }, ["triggers add!"]],
    ["a secret that is the same", { create: new Secret("a") }, { create: new Secret("a") }, []],
    ["a value that became secret", { create: "a" }, { create: new Secret("a") }, ["create update"]],
    [
      "a secret map as a whole",
      { environment: new Secret({ A: "1" }) },
      { environment: new Secret({ A: "2" }) },
      ["environment update"],
    ],
    [
      "the same content elsewhere",
      { source: new Asset({ path: "a" }, "h") },
      { source: new Asset({ path: "b" }, "h") },
      [],
    ],
    [
      "other content",
      { source: new Asset({ text: "a" }, "h") },
      { source: new Asset({ text: "b" }, "i") },
      ["source update"],
    ],
  ])("sees %s", (_, state, news, expected) => {
    expect(brief(diffInferred(state, news, properties, true))).toEqual(expected);
  });

  it("replaces whatever changed where nothing can be updated", () => {
    expect(brief(diffInferred({ create: "a" }, { create: "b" }, properties, false))).toEqual(["create update!"]);
  });
});

describe("diff of a bridged plugin", () => {
  const properties = {
    name: property.string({ autoName: true, replaces: true }),
    image: property.string({ replaces: true }),
    memory: property.integer(),
    hostname: property.string({ computed: true }),
    command: property.list(property.string(), { computed: true, replaces: true }),
    ports: property.list(
      property.object({ internal: property.integer({ required: true, replaces: true }), ip: property.string() }),
    ),
    labels: property.set(property.object({ label: property.string(), value: property.string() })),
    options: property.map(property.string()),
    timeout: property.string({ same: (a: Value, b: Value) => parseInt(String(a), 10) === parseInt(String(b), 10) }),
  };
  const label = (name: string, value: string) => ({ label: name, value });
  it.each<[string, Values, Values, string[]]>([
    ["nothing", { image: "a", id: "x" }, { image: "a", __defaults: [] }, []],
    ["zero values, which equal absent ones", { memory: 0, options: {}, ports: [] }, {}, []],
    ["zero values the other way", {}, { memory: 0, options: {}, ports: [] }, []],
    ["a replacement", { image: "a" }, { image: "b" }, ["image update!"]],
    ["a change made by somebody else", { memory: 5 }, { memory: 6 }, ["memory update"]],
    ["a removed value", { memory: 5 }, {}, ["memory delete"]],
    ["what the provider chose", { hostname: "h", command: ["a"] }, {}, []],
    ["what the program now says instead", { hostname: "h" }, { hostname: "i" }, ["hostname update"]],
    [
      "inside a block",
      { ports: [{ internal: 1, ip: "a" }] },
      { ports: [{ internal: 1, ip: "b", __defaults: [] }] },
      ["ports[0].ip update"],
    ],
    ["a block that replaces by what is inside", { ports: [] }, { ports: [{ internal: 1 }] }, ["ports[0] add!"]],
    ["the first block of all", {}, { ports: [{ internal: 1 }] }, ["ports add!"]],
    ["one block more", { ports: [{ internal: 1 }] }, { ports: [{ internal: 1 }, { internal: 2 }] }, ["ports[1] add!"]],
    [
      "a set in another order",
      { labels: [label("a", "1"), label("b", "2")] },
      { labels: [label("b", "2"), label("a", "1")] },
      [],
    ],
    [
      "a changed element of a set",
      { labels: [label("a", "1")] },
      { labels: [label("a", "2")] },
      ["labels[0].value update"],
    ],
    [
      "a removed element of a set",
      { labels: [label("a", "1"), label("b", "2")] },
      { labels: [label("b", "2")] },
      ["labels[0] delete"],
    ],
    [
      "an empty string that leaves a map",
      { options: { a: "", b: "1" } },
      { options: { b: "1" } },
      ["options.a delete"],
    ],
    ["an unknown value", { image: "a" }, { image: UNKNOWN }, ["image update!"]],
    ["two spellings of one thing", { timeout: "10s" }, { timeout: "10" }, []],
  ])("sees %s", (_, state, news, expected) => {
    expect(brief(diffBridged(state, news, properties, true))).toEqual(expected);
  });

  const definition = { token: "t:i:T", inputs: properties, create: jest.fn(), update: jest.fn() };
  const diff = (state: Values, news: Values, ignored: string[] = []) =>
    diffResource(definition as never, "bridged", { id: "x", inputs: state, state }, news, ignored, jest.fn());

  it("deletes first what keeps a name that the program gave", async () => {
    const given = await diff({ name: "n", image: "a" }, { name: "n", image: "b", __defaults: [] });
    expect(given.deleteBeforeReplace).toBe(true);
    const automatic = await diff({ name: "n-1", image: "a" }, { name: "n-1", image: "b", __defaults: ["name"] });
    expect(automatic.deleteBeforeReplace).toBe(false);
    const renamed = await diff({ name: "n", image: "a" }, { name: "m", image: "a", __defaults: [] });
    expect(renamed.deleteBeforeReplace).toBe(false);
  });

  it("leaves out what the program ignores", async () => {
    const before = { image: "a", memory: 1, ports: [{ internal: 1, ip: "a" }] };
    const after = { image: "b", memory: 2, ports: [{ internal: 1, ip: "b" }] };
    expect(brief((await diff(before, after, ["image", "ports[*].ip"])).changes)).toEqual(["memory update"]);
  });
});

describe("property paths", () => {
  it.each<[(string | number)[], string]>([
    [["ports", 0, "internal"], "ports[0].internal"],
    [["labels", "a.b"], 'labels["a.b"]'],
    [["labels", 'q"'], 'labels["q\\""]'],
    [["a.b"], '["a.b"]'],
  ])("are written and read: %j", (path, text) => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
    expect(rootOf(text)).toBe(path[0]);
  });

  it("are within others, or not", () => {
    expect(isWithin("a.b[0]", ["a"])).toBe(true);
    expect(isWithin("ab", ["a"])).toBe(false);
    expect(isWithin("a", ["a.b"])).toBe(false);
    expect(isWithin("a[3].c", ["a[*].c"])).toBe(true);
  });
});
