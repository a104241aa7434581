import fc from "fast-check";
import { checkProperties } from "../../../../offline/plugins/kit/check";
import { property, UNKNOWN, type Values } from "../../../../offline/plugins/kit/definition";

const properties = {
  image: property.string({ required: true }),
  name: property.string({ autoName: true }),
  restart: property.string({ default: "no" }),
  address: property.string({ default: { env: ["TEST_ADDR", "TEST_ADDRESS"], value: "local" } }),
  memory: property.integer(),
  privileged: property.boolean(),
  ports: property.list(
    property.object({ internal: property.integer({ required: true }), protocol: property.string({ default: "tcp" }) }),
  ),
  labels: property.map(property.string()),
  source: property.file(),
};

function check(
  news: Values,
  olds?: Values,
  environment: NodeJS.ProcessEnv = {},
  style: "bridged" | "inferred" = "bridged",
) {
  return checkProperties(news, properties, {
    style,
    package: "docker",
    refused: { gpus: "`gpus` needs a driver" },
    name: "web",
    olds,
    randomSeed: Buffer.from("seed"),
    environment,
  });
}

describe("check", () => {
  it("fills in defaults and remembers which", () => {
    const { inputs, failures } = check({ image: "i", ports: [{ internal: 80 }] });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      image: "i",
      name: expect.stringMatching(/^web-[0-9a-f]{7}$/),
      restart: "no",
      address: "local",
      ports: [{ internal: 80, protocol: "tcp", __defaults: ["protocol"] }],
      __defaults: ["address", "name", "restart"],
    });
  });

  it("keeps no list of defaults in an inferred package", () => {
    expect(
      JSON.stringify(check({ image: "i", ports: [{ internal: 80 }] }, undefined, {}, "inferred").inputs),
    ).not.toContain("__defaults");
  });

  it("keeps what was chosen before", () => {
    const first = check({ image: "i" }).inputs;
    const olds = { ...first, name: "web-1234567", restart: "always" };
    expect(check({ image: "j" }, olds).inputs).toMatchObject({ name: "web-1234567", restart: "always" });
    expect(check({ image: "j" }, { ...olds, __defaults: [] }).inputs).toMatchObject({ restart: "no" });
  });

  it("names the same thing the same way in preview and update", () => {
    expect(check({ image: "i" }).inputs.name).toBe(check({ image: "i" }).inputs.name);
  });

  it("asks the environment before the default", () => {
    expect(check({ image: "i" }, undefined, { TEST_ADDRESS: "there" }).inputs.address).toBe("there");
  });

  it("refuses what it does not know, also inside, by name", () => {
    const { failures } = check({
      image: "i",
      shmSize: 5,
      gpus: "all",
      ports: [{ internal: 1, external: 2 }],
      labels: { any: "x" },
    });
    expect(failures).toEqual([
      {
        property: "shmSize",
        reason: "the stand-in for the docker plugin does not support `shmSize`; remove it or use the official plugin",
      },
      { property: "gpus", reason: "`gpus` needs a driver" },
      { property: "ports[0].external", reason: expect.stringContaining("does not support `ports[0].external`") },
    ]);
  });

  it.each<[Values, string]>([
    [{}, "Missing required property 'image'"],
    [{ image: "i", ports: [{}] }, "Missing required property 'ports[0].internal'"],
    [{ image: "i", memory: 1.5 }, "`memory` must be a whole number, but it is 1.5"],
    [{ image: "i", memory: "much" }, "`memory` must be a whole number, but it is a string"],
    [{ image: "i", ports: { internal: 1 } }, "`ports` must be a list, but it is an object"],
    [{ image: "i", labels: ["a"] }, "`labels` must be an object, but it is a list"],
    [{ image: ["i"] }, "`image` must be a string, but it is a list"],
    [{ image: "i", source: "x" }, "`source` must be an asset or an archive, but it is a string"],
  ])("says what is wrong with %j", (news, reason) => {
    expect(check(news).failures.map((failure) => failure.reason)).toEqual([reason]);
  });

  it("brings numbers and booleans given as text to their type, and back", () => {
    expect(check({ image: 5, memory: "64", privileged: "true" }).inputs).toMatchObject({
      image: "5",
      memory: 64,
      privileged: true,
    });
  });

  it("lets unknown values through", () => {
    const { inputs, failures } = check({ image: UNKNOWN, ports: UNKNOWN, labels: { a: UNKNOWN } });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ image: UNKNOWN, ports: UNKNOWN, labels: { a: UNKNOWN } });
  });

  it("checked once more gives the same", () => {
    const some = fc.record(
      {
        image: fc.string({ minLength: 1 }),
        memory: fc.integer(),
        labels: fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()),
        ports: fc.array(fc.record({ internal: fc.nat() })),
      },
      { requiredKeys: ["image"] },
    );
    fc.assert(
      fc.property(some, (news) => {
        const once = check(news as never).inputs;
        const again = check(once, once).inputs;
        expect({ ...again, __defaults: undefined, ports: undefined }).toEqual({
          ...once,
          __defaults: undefined,
          ports: undefined,
        });
      }),
    );
  });
});
