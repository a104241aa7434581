import { randomInt } from "node:crypto";
import { type Failure, property, Unknown, type Value, type Values } from "../kit/definition";

const { boolean, integer, map, string } = property;

const flag = boolean({ default: true, replaces: true });
const least = integer({ default: 0, replaces: true });

/** Inputs of passwords and strings: every kind is allowed, none is demanded. */
export const characterInputs = {
  keepers: map(string(), { replaces: true }),
  length: integer({ required: true, replaces: true }),
  lower: flag,
  minLower: least,
  minNumeric: least,
  minSpecial: least,
  minUpper: least,
  // Two names of one thing: see completeCharacters.
  number: boolean({ replaces: true }),
  numeric: boolean({ replaces: true }),
  overrideSpecial: string({
    replaces: true,
    same: (before: Value, after: Value) => before === after || (before === "" && after === null),
  }),
  special: flag,
  upper: flag,
};

/** `number` is the older name of `numeric`: what is said of one holds for the other. */
export function completeCharacters(inputs: Values): Values {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return { ...inputs, number: inputs.number ?? numeric, numeric };
}

/** Refuses what no text can be made of. */
export function checkCharacters(news: Values): { inputs: Values; failures: readonly Failure[] } {
  const known = !Object.values(news).some((value) => value instanceof Unknown);
  const failures: Failure[] = [];
  if (news.number !== undefined && news.numeric !== undefined && news.number !== news.numeric && known) {
    failures.push({
      property: "number",
      reason: "number and numeric are one setting and must not differ; give numeric",
    });
  }
  const problem = known ? characterProblem(planOf(news)) : undefined;
  return { inputs: news, failures: problem ? [...failures, problem] : failures };
}

/** Inputs that an imported text has: nobody knows what it was made of. */
export function importedCharacters(text: string): Values {
  const flags = Object.fromEntries(["lower", "number", "numeric", "special", "upper"].map((name) => [name, true]));
  const none = Object.fromEntries(["minLower", "minNumeric", "minSpecial", "minUpper"].map((name) => [name, 0]));
  return { ...flags, ...none, length: Buffer.byteLength(text) };
}

/** What the inputs ask for, with the defaults for what they leave out. */
export function planOf(given: Values): CharacterPlan {
  const all = completeCharacters(given);
  const allowed = (name: string) => all[name] !== false;
  const count = (name: string) => Number(all[name] ?? 0);
  return {
    length: count("length"),
    lower: allowed("lower"),
    upper: allowed("upper"),
    numeric: allowed("numeric"),
    special: allowed("special"),
    minLower: count("minLower"),
    minUpper: count("minUpper"),
    minNumeric: count("minNumeric"),
    minSpecial: count("minSpecial"),
    ...(typeof all.overrideSpecial === "string" ? { overrideSpecial: all.overrideSpecial } : {}),
  };
}

/** Kinds of characters, each with whether it may be used and how many there must be at least. */
export interface CharacterPlan {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Special characters in place of the usual ones. */
  readonly overrideSpecial?: string;
}

const usualSpecial = "!@#$%&*()-_=+[]{}<>:?";

/** Why no text can be made like this; undefined where one can. */
export function characterProblem(plan: CharacterPlan): { property: string; reason: string } | undefined {
  const least = plan.minLower + plan.minUpper + plan.minNumeric + plan.minSpecial;
  if (plan.length < 1) {
    return { property: "length", reason: `length must be at least 1, got: ${plan.length}` };
  }
  if (least > plan.length) {
    return {
      property: "length",
      reason: `length must be at least the sum of minLower, minUpper, minNumeric and minSpecial (${least}), got: ${plan.length}`,
    };
  }
  return alphabet(plan) === ""
    ? { property: "lower", reason: "at least one of lower, upper, numeric and special must be true" }
    : undefined;
}

/** Text of random characters, every allowed one as likely as any other beyond the least numbers asked for. */
export function randomText(plan: CharacterPlan): string {
  const kinds = kindsOf(plan);
  const required = kinds.flatMap(({ characters, least }) => pick(characters, least));
  const rest = pick(alphabet(plan), plan.length - required.length);
  return shuffled([...required, ...rest]).join("");
}

function alphabet(plan: CharacterPlan): string {
  return kindsOf(plan)
    .filter(({ allowed }) => allowed)
    .map(({ characters }) => characters)
    .join("");
}

function kindsOf(plan: CharacterPlan): { characters: string; allowed: boolean; least: number }[] {
  return [
    { characters: "abcdefghijklmnopqrstuvwxyz", allowed: plan.lower, least: plan.minLower },
    { characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", allowed: plan.upper, least: plan.minUpper },
    { characters: "0123456789", allowed: plan.numeric, least: plan.minNumeric },
    { characters: plan.overrideSpecial || usualSpecial, allowed: plan.special, least: plan.minSpecial },
  ];
}

function pick(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

/** Fisher and Yates: every order is as likely as any other. */
function shuffled(items: string[]): string[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j] as string, result[i] as string];
  }
  return result;
}
