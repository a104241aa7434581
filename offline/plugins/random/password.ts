import { hash } from "bcryptjs";
import { defineResource, property, Unknown, type Values } from "../kit/definition";
import { type CharacterPlan, characterProblem, randomText } from "./characters";

const { any, boolean, integer, map, string } = property;

const flag = boolean({ computed: true, replaces: true });
const least = integer({ computed: true, replaces: true });

const inputs = {
  keepers: map(any(), { replaces: true }),
  length: integer({ required: true, replaces: true }),
  lower: flag,
  minLower: least,
  minNumeric: least,
  minSpecial: least,
  minUpper: least,
  number: flag,
  numeric: flag,
  overrideSpecial: string({ replaces: true }),
  special: flag,
  upper: flag,
};

/** `random:index/randomPassword:RandomPassword` */
export const password = defineResource<undefined>()({
  token: "random:index/randomPassword:RandomPassword",
  schemaVersion: 3,
  inputs,
  outputs: { bcryptHash: string({ secret: true }), result: string({ secret: true }) },

  check(news) {
    const problem = Object.values(news).some((value) => value instanceof Unknown)
      ? undefined
      : characterProblem(planOf(news));
    return { inputs: news, failures: problem ? [problem] : [] };
  },

  async create(given) {
    const plan = planOf(given as Values);
    const result = randomText(plan);
    const { length: _, overrideSpecial: __, ...flags } = plan;
    return {
      // The value is a secret, and an id is none.
      id: "none",
      outputs: { ...flags, number: plan.numeric, result, bcryptHash: await hash(result.slice(0, 72), 10) },
    };
  },
});

/** The official plugin's defaults: every kind is allowed, none is demanded. `number` is the older name of `numeric`. */
function planOf(given: Values): CharacterPlan {
  const allowed = (...names: string[]) =>
    names.map((name) => given[name]).find((value) => value !== undefined) !== false;
  const count = (name: string) => Number(given[name] ?? 0);
  return {
    length: count("length"),
    lower: allowed("lower"),
    upper: allowed("upper"),
    numeric: allowed("numeric", "number"),
    special: allowed("special"),
    minLower: count("minLower"),
    minUpper: count("minUpper"),
    minNumeric: count("minNumeric"),
    minSpecial: count("minSpecial"),
    ...(typeof given.overrideSpecial === "string" ? { overrideSpecial: given.overrideSpecial } : {}),
  };
}
