import { randomInt } from "node:crypto";

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
